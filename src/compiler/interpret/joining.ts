import { InternalError } from '../../errors.js'
import type { NodeOf } from '../node.js'
import { type Reading, sidesOf } from './reading.js'

/** Parts one after the other along an axis. */
export function concat(
  { inputs, attributes: { axis }, type }: NodeOf<'concat'>,
  { of }: Reading,
): Float64Array {
  const shape = sidesOf(type)
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))]
  const step = (shape[axis] as number) * inner
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

/** A split's own value is what it splits; its results are cut here. */
export function result(
  { inputs, attributes: { index } }: NodeOf<'result'>,
  { of }: Reading,
): Float64Array {
  const split = inputs.of
  if (split.kind !== 'split') throw new InternalError('a foreign operator has values')
  const { axis, sizes } = split.attributes
  const shape = sidesOf(split.inputs.input.type)
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))]
  const step = (shape[axis] as number) * inner
  const start = inner * sizes.slice(0, index).reduce((a, b) => a + b, 0)
  const run = inner * (sizes[index] as number)
  const values = of(split)
  const y = new Float64Array(outer * run)
  for (let o = 0; o < outer; o++)
    y.set(values.subarray(o * step + start, o * step + start + run), o * run)
  return y
}

function product(sides: readonly number[]): number {
  return sides.reduce((a, b) => a * b, 1)
}
