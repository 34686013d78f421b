import { InternalError } from '../../errors.js'
import { elementCount } from '../dimension.js'
import type { NodeOf } from '../node.js'
import { type Reading, sidesOf, sizeOf } from './reading.js'

/** Parts one after the other along an axis. */
export function concat(
  { inputs, attributes: { axis }, type }: NodeOf<'concat'>,
  { of }: Reading,
): Float64Array {
  const { outer, step } = around(sidesOf(type), axis)
  const y = new Float64Array(outer * step)
  let start = 0
  for (const part of inputs.parts) {
    const values = of(part)
    const run = values.length / outer
    for (let o = 0; o < outer; o++) y.set(values.subarray(o * run, (o + 1) * run), o * step + start)
    start += run
  }
  return y
}

/** A split's own value is what it splits, a topK's are its results one after the other; results are cut here. */
export function result(
  { inputs, attributes: { index }, type }: NodeOf<'result'>,
  { of }: Reading,
): Float64Array {
  const split = inputs.of
  if (split.kind === 'foreign') throw new InternalError('a foreign operator has values')
  if (split.kind === 'topK')
    return of(split).slice(index * sizeOf(type), (index + 1) * sizeOf(type))
  const { axis, sizes } = split.attributes
  const { outer, inner, step } = around(sidesOf(split.inputs.input.type), axis)
  const start = inner * sizes.slice(0, index).reduce((a, b) => a + b, 0)
  const run = inner * (sizes[index] as number)
  const values = of(split)
  const y = new Float64Array(outer * run)
  for (let o = 0; o < outer; o++)
    y.set(values.subarray(o * step + start, o * step + start + run), o * run)
  return y
}

/** Zeros before and after, along an axis. */
export function pad(
  { inputs: { input }, attributes: { axis, before }, type }: NodeOf<'pad'>,
  { of }: Reading,
): Float64Array {
  const { outer, inner, step } = around(sidesOf(type), axis)
  const run = around(sidesOf(input.type), axis).step
  const values = of(input)
  const y = new Float64Array(outer * step)
  for (let o = 0; o < outer; o++)
    y.set(values.subarray(o * run, (o + 1) * run), o * step + before * inner)
  return y
}

/** Axis i of the result is axis order[i] of the input. */
export function transpose(
  { inputs, attributes: { order }, type }: NodeOf<'transpose'>,
  { of }: Reading,
): Float64Array {
  const from = sidesOf(inputs.input.type)
  const steps = order.map((axis) => elementCount(from.slice(axis + 1)))
  const sides = sidesOf(type)
  const input = of(inputs.input)
  return Float64Array.from({ length: input.length }, (_, at) => {
    let [rest, place] = [at, 0]
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      const side = sides[axis] as number
      place += (rest % side) * (steps[axis] as number)
      rest = Math.floor(rest / side)
    }
    return input[place] as number
  })
}

/** out[b, c, f·y + i, f·x + j] = in[b, c·f² + i·f + j, y, x]. */
export function depthToSpace(
  { inputs, attributes: { factor }, type }: NodeOf<'depthToSpace'>,
  { of }: Reading,
): Float64Array {
  const [, , height = 1, width = 1] = sidesOf(type)
  const [rows, columns] = [height / factor, width / factor]
  const input = of(inputs.input)
  return Float64Array.from({ length: input.length }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width) % height]
    const plane = Math.floor(at / (width * height)) * factor * factor
    const channel = plane + (y % factor) * factor + (x % factor)
    const row = channel * rows + Math.floor(y / factor)
    return input[row * columns + Math.floor(x / factor)] as number
  })
}

/** How many runs along an axis there are, how far neighbours on it are apart, and how long a run is. */
export function around(
  shape: readonly number[],
  axis: number,
): { readonly outer: number; readonly inner: number; readonly step: number } {
  return {
    outer: elementCount(shape.slice(0, axis)),
    inner: elementCount(shape.slice(axis + 1)),
    step: elementCount(shape.slice(axis)),
  }
}
