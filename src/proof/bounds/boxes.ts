import { areaOf, boxAt, mostGrowth } from '../../compiler/interpret/boxes.js'
import { sides4 } from '../../compiler/interpret/reading.js'
import { leastAreas } from '../../compiler/interpret/roi-align.js'
import type { NodeOf } from '../../compiler/node.js'
import { absolute, type Bound, type Bounding, gamma, on, plus, share } from './bounding.js'

/** A number, and how far off it may be. */
interface Near {
  readonly x: number
  readonly e: number
}

/**
 * With side s = high − low, a = delta·deviation + mean and half h = s·e^g / 2, an end is (low + high) / 2 + a·s ± h, cut
 * at the picture, which takes no two further apart.
 */
export function decodeBoxes(node: NodeOf<'decodeBoxes'>, { of, boundOf, unit }: Bounding): Bound {
  const { boxes, deltas } = node.inputs
  const { means, deviations } = node.attributes
  const near = (input: typeof boxes, index: number): readonly Near[] => {
    const bound = boundOf(input)
    return [0, 1, 2, 3].map((i) => ({
      x: boxAt(of(input), index)[i] as number,
      e: bound?.[4 * index + i] ?? 0,
    }))
  }
  const each = of(deltas).length / of(boxes).length
  const bound = new Float64Array(of(deltas).length)
  for (let index = 0; index < bound.length / 4; index++) {
    const ends = near(boxes, Math.floor(index / each))
    const meant = near(deltas, index).map(({ x, e }, i) => {
      const [deviation, mean] = [deviations[i] as number, means[i] as number]
      const [scaled, off] = [x * deviation, e * deviation]
      return {
        x: scaled + mean,
        e: off + gamma(3, unit) * (Math.abs(scaled) + off + Math.abs(mean)),
      }
    })
    for (const axis of [0, 1] as const) {
      const [low, high, by, growth] = [ends[axis], ends[axis + 2], meant[axis], meant[axis + 2]]
      const e = endOff(low as Near, high as Near, by as Near, growth as Near, unit)
      bound[4 * index + axis] = e
      bound[4 * index + axis + 2] = e
    }
  }
  return bound
}

function endOff(low: Near, high: Near, by: Near, growth: Near, unit: number): number {
  const side = Math.abs(high.x - low.x)
  const brought = low.e + high.e
  const sideOff = brought + unit * (side + brought)
  const moved = Math.abs(by.x) * side
  const movedOff = Math.abs(by.x) * sideOff + by.e * (side + sideOff)
  const limit = Math.log(mostGrowth)
  const factor = Math.exp(Math.min(Math.max(growth.x, -limit), limit)) / 2
  const halfOff = factor * (sideOff + (side + sideOff) * Math.expm1(growth.e))
  const off = brought / 2 + movedOff + halfOff
  // Six roundings make a half, two the sum of the three: all count as many.
  return off + gamma(8, unit) * (Math.abs(low.x + high.x) / 2 + moved + side * factor + off)
}

/**
 * Of exact boxes: where a sample stands is off by a few roundings of itself, and what it reads changes by at most twice
 * the level's largest number a position; no sample is taken to stand where the level ends, at which it jumps to 0.
 * Nothing is known of boxes that may be off, or whose area is by a rounding that at which levels meet: they may be of
 * another level.
 */
export function roiAlign(node: NodeOf<'roiAlign'>, { of, boundOf, unit }: Bounding): Bound {
  const { levels, boxes } = node.inputs
  const areas = Array.from({ length: of(boxes).length / 4 }, (_, i) => areaOf(boxAt(of(boxes), i)))
  const isUnsure = leastAreas(node.attributes).some((least) =>
    areas.some((area) => Math.abs(area - least) <= gamma(4, unit) * least),
  )
  if (boundOf(boxes) || isUnsure) return of(node).map(() => Number.POSITIVE_INFINITY)
  const read = (maps: readonly Float64Array[]): Float64Array =>
    on(node, { boxes: of(boxes), levels: maps })
  const sums = read(levels.map((level) => absolute(of(level))))
  const brought = levels.some(boundOf)
    ? read(levels.map((level) => boundOf(level) ?? new Float64Array(of(level).length)))
    : undefined
  const place = Math.max(
    ...levels.map((level) => {
      const [, , height, width] = sides4(level)
      const largest = of(level).reduce((most, x) => Math.max(most, Math.abs(x)), 0)
      return gamma(6, unit) * (height + width) * 2 * largest
    }),
  )
  const own = share(sums, gamma(4 * node.attributes.samples ** 2 + 4, unit))
  return plus(
    own.map((e) => e + place),
    brought,
  )
}
