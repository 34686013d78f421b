import type { Box, NodeOf, Value } from '../node.js'
import { largestFirst } from './choosing.js'
import { type Reading, sidesOf, sizeOf } from './reading.js'

/** By how much a side may grow at most, which keeps e^dw finite: mmdetection's 1 / wh_ratio_clip. */
export const mostGrowth: number = 1000 / 16

/** Row by row, and at each position one box after the other. */
export function anchors({ attributes, type }: NodeOf<'anchors'>): Float64Array {
  const { stride, boxes } = attributes
  const [height = 0, width = 0] = sidesOf(type)
  const y = new Float64Array(sizeOf(type))
  let at = 0
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (const [left, top, right, bottom] of boxes) {
        const [x, down] = [column * stride, row * stride]
        y.set([left + x, top + down, right + x, bottom + down], at)
        at += 4
      }
  return y
}

export function decodeBoxes(
  { inputs, attributes: { means, deviations } }: NodeOf<'decodeBoxes'>,
  { of }: Reading,
): Float64Array {
  const [boxes, deltas] = [of(inputs.boxes), of(inputs.deltas)]
  const [width, height] = pictureOf(inputs.picture)
  const each = deltas.length / boxes.length
  const y = new Float64Array(deltas.length)
  for (let at = 0; at < deltas.length; at += 4) {
    const [left, top, right, bottom] = boxAt(boxes, Math.floor(at / 4 / each))
    const [dx, dy, dw, dh] = boxAt(deltas, at / 4).map(
      (delta, i) => delta * (deviations[i] as number) + (means[i] as number),
    ) as unknown as Box
    const [low, high] = moved(left, right, dx, dw, width)
    const [upper, lower] = moved(top, bottom, dy, dh, height)
    y.set([low, upper, high, lower], at)
  }
  return y
}

/** The ends of a box along one axis: its centre moved by its own side, which grows, within `most` pixels. */
function moved(
  low: number,
  high: number,
  by: number,
  growth: number,
  most: number,
): [number, number] {
  const side = high - low
  const centre = (low + high) / 2 + by * side
  const limit = Math.log(mostGrowth)
  const half = (side * Math.exp(Math.min(Math.max(growth, -limit), limit))) / 2
  const within = (x: number, least: number): number =>
    Math.min(Math.max(x, least), most - 1 + least)
  return [within(centre - half, 0), within(centre + half, 1)]
}

/** Width and height of a picture. */
export function pictureOf({ type }: Value): readonly [number, number] {
  const [, , height, width] = sidesOf(type) as readonly number[] as [number, number, number, number]
  return [width, height]
}

export function boxAt(boxes: Float64Array, index: number): Box {
  return boxes.subarray(4 * index, 4 * index + 4) as unknown as Box
}

/** Each class of each set by itself: a box is kept where none that is kept before overlaps it too much. */
export function nonMaxSuppression(
  { inputs, attributes: { overlap, least }, type }: NodeOf<'nonMaxSuppression'>,
  { of }: Reading,
): Float64Array {
  const [sets = 0, classes = 0, count = 0] = sidesOf(type)
  const [boxes, scores] = [of(inputs.boxes), of(inputs.scores)]
  const kept = new Float64Array(scores.length)
  for (let line = 0; line < sets * classes; line++) {
    const set = boxes.subarray(4 * count * Math.floor(line / classes))
    const chosen: Box[] = []
    const own = scores.subarray(line * count, (line + 1) * count)
    for (const place of largestFirst(own)) {
      if (!((own[place] as number) > least)) break
      const box = boxAt(set, place)
      if (chosen.some((other) => overlapOf(box, other) > overlap)) continue
      chosen.push(box)
      kept[line * count + place] = 1
    }
  }
  return kept
}

/** The common area of two boxes, by that of both together; 0 where one has none. */
export function overlapOf(a: Box, b: Box): number {
  const shared = (low: 0 | 1): number =>
    Math.max(0, Math.min(a[low + 2] as number, b[low + 2] as number) - Math.max(a[low], b[low]))
  const common = shared(0) * shared(1)
  const [first, second] = [areaOf(a), areaOf(b)]
  return common > 0 ? common / (first + second - common) : 0
}

export function areaOf([left, top, right, bottom]: Box): number {
  return (right - left) * (bottom - top)
}
