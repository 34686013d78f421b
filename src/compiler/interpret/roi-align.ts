import type { NodeOf } from '../node.js'
import { areaOf, boxAt } from './boxes.js'
import { type Reading, sides4, sizeOf } from './reading.js'

/** Each box out of its level: every bin the mean of its samples. */
export function roiAlign(node: NodeOf<'roiAlign'>, { of }: Reading): Float64Array {
  const { inputs, attributes, type } = node
  const { strides, side, samples } = attributes
  const boxes = of(inputs.boxes)
  const areas = leastAreas(attributes)
  const y = new Float64Array(sizeOf(type))
  let at = 0
  for (let index = 0; index < boxes.length / 4; index++) {
    const box = boxAt(boxes, index)
    const which = areas.filter((least) => areaOf(box) >= least).length
    const level = inputs.levels[which] as (typeof inputs.levels)[number]
    const [, channels, height, width] = sides4(level)
    const [columns, rows] = [
      places(box[0], box[2], strides[which] as number, side * samples, width),
      places(box[1], box[3], strides[which] as number, side * samples, height),
    ]
    const map = of(level)
    for (let plane = 0; plane < channels * height * width; plane += height * width)
      for (let bin = 0; bin < side * side; bin++) {
        const [down, across] = [Math.floor(bin / side) * samples, (bin % side) * samples]
        let sum = 0
        for (const row of rows.slice(down, down + samples))
          for (const column of columns.slice(across, across + samples))
            for (const [r, share] of row)
              for (const [c, part] of column)
                sum += (map[plane + r * width + c] as number) * share * part
        y[at++] = sum / samples ** 2
      }
  }
  return y
}

/**
 * From which areas on a box is of each level after the first: floor(log2(√area / finest + 1e-6)) ≥ i where √area ≥
 * finest·(2ⁱ − 1e-6).
 */
export function leastAreas({
  strides,
  finest,
}: NodeOf<'roiAlign'>['attributes']): readonly number[] {
  return strides.slice(1).map((_, i) => (finest * (2 ** (i + 1) - 1e-6)) ** 2)
}

/** Two neighbours on a side, each with its share. */
type Place = readonly (readonly [position: number, share: number])[]

/** Where samples evenly spaced along a box read a side; nowhere where one is further than a position beyond it. */
function places(low: number, high: number, stride: number, count: number, size: number): Place[] {
  return Array.from({ length: count }, (_, i) => {
    const x = (low + ((high - low) * (i + 0.5)) / count) / stride
    if (x < -1 || x > size) return []
    const within = Math.min(Math.max(x, 0), size - 1)
    const first = Math.floor(within)
    return [
      [first, 1 - (within - first)],
      [Math.min(first + 1, size - 1), within - first],
    ] as const
  })
}
