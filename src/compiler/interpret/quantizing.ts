import type { NodeOf, QuantizedType, Value } from '../node.js'
import { around } from './joining.js'
import { type Reading, sidesOf } from './reading.js'

/** The least and the largest number of each type. */
export const limits: Readonly<Record<QuantizedType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  int32: [-(2 ** 31), 2 ** 31 - 1],
}

export function quantize(
  { inputs, attributes: { axis, to } }: NodeOf<'quantize'>,
  { of }: Reading,
): Float64Array {
  const [least, most] = limits[to]
  const scale = perPlace(inputs.input, inputs.scale, axis, of)
  const zero = perPlace(inputs.input, inputs.zero, axis, of)
  return of(inputs.input).map((x, at) =>
    Math.min(Math.max(roundToEven(x / scale(at)) + zero(at), least), most),
  )
}

export function dequantize(
  { inputs, attributes: { axis } }: NodeOf<'dequantize'>,
  { of }: Reading,
): Float64Array {
  const scale = perPlace(inputs.input, inputs.scale, axis, of)
  const zero = perPlace(inputs.input, inputs.zero, axis, of)
  return of(inputs.input).map((x, at) => (x - zero(at)) * scale(at))
}

/** The one number, or that of each place along an axis, by the flat index of an element. */
export function perPlace(
  { type }: Value,
  value: Value,
  axis: number,
  of: Reading['of'],
): (at: number) => number {
  const numbers = of(value)
  if (value.type.shape.length === 0) return () => numbers[0] as number
  const { inner } = around(sidesOf(type), axis)
  return (at) => numbers[Math.floor(at / inner) % numbers.length] as number
}

/** To the nearest whole number; from the middle to the even one. */
export function roundToEven(x: number): number {
  const below = Math.floor(x)
  const rest = x - below
  if (rest !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}
