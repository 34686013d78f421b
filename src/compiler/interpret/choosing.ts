import type { NodeOf } from '../node.js'
import { around } from './joining.js'
import { type Reading, sidesOf, sizeOf } from './reading.js'

/** The largest elements, then where they stand: the results of a topK, one after the other. */
export function topK({ inputs, type }: NodeOf<'topK'>, { of }: Reading): Float64Array {
  const x = of(inputs.input)
  const [values] = type
  const places = largestFirst(x).slice(0, values && sizeOf(values))
  return Float64Array.from([...places.map((place) => x[place] as number), ...places])
}

/** The places of numbers, that of the largest first; of equal ones the first. */
export function largestFirst(x: Float64Array): number[] {
  return Array.from(x, (_, place) => place).sort((a, b) => (x[b] as number) - (x[a] as number))
}

export function gather(
  { inputs, attributes, type }: NodeOf<'gather'>,
  { of }: Reading,
): Float64Array {
  const x = of(inputs.input)
  const { inner, step } = around(sidesOf(inputs.input.type), 1)
  const [run, apart] = attributes.each ? [inner, step] : [sidesOf(type)[1] as number, 0]
  const y = new Float64Array(sizeOf(type))
  for (const [i, place] of of(inputs.places).entries()) {
    const start = i * apart + place * run
    y.set(x.subarray(start, start + run), i * run)
  }
  return y
}

export function wholeDivide(
  { inputs, attributes: { by, gives } }: NodeOf<'wholeDivide'>,
  { of }: Reading,
): Float64Array {
  return of(inputs.input).map((x) => (gives === 'quotient' ? Math.floor(x / by) : x % by))
}
