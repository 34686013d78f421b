import { InputError } from '../errors.js'
import { numberToHalf } from '../half.js'
import type { Port, TensorData } from './tensor.js'

/**
 * Numbers of mean 0 and variance 1, the same on every machine: sums of four 16-bit halves of a counter
 * hashed by whole-number arithmetic (splitmix32), scaled by one constant.
 */
export function seededInput(count: number, seed: number): Float32Array {
  const out = new Float32Array(count)
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  for (let i = 0; i < count; i++) {
    const [a, b] = [next(), next()]
    const sum = (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff) - 2 * 0xffff
    // The variance of four uniform halves is 4·(2^32 − 1)/12.
    out[i] = sum * scale
  }
  return out
}

const scale = Math.fround(1 / Math.sqrt((2 ** 32 - 1) / 3))

/**
 * A tensor for any input of a model: numbers as above; 0 to 255 for bytes, which are pixels; 0 and 1 for other whole
 * numbers, which may be places, and for truth values.
 * @throws {InputError} where the input takes texts, or something that is no tensor.
 */
export function seededTensor(port: Port, dims: readonly number[], seed: number): TensorData {
  const numbers = seededInput(
    dims.reduce((a, b) => a * b, 1),
    seed,
  )
  const bit = (x: number): number => (x > 0 ? 1 : 0)
  // The sums are whole multiples of the scale: their last bits are as even as those of the counter's hash.
  const byte = (x: number): number => Math.round(x / scale) & 255
  const { type } = port
  switch (type) {
    case 'float32':
      return { data: numbers, dims, type }
    case 'float64':
      return { data: Float64Array.from(numbers), dims, type }
    case 'float16':
      return { data: Uint16Array.from(numbers, numberToHalf), dims, type }
    case 'int64':
      return { data: BigInt64Array.from(numbers, (x) => BigInt(bit(x))), dims, type }
    case 'uint64':
      return { data: BigUint64Array.from(numbers, (x) => BigInt(bit(x))), dims, type }
    case 'int32':
      return { data: Int32Array.from(numbers, bit), dims, type }
    case 'uint32':
      return { data: Uint32Array.from(numbers, bit), dims, type }
    case 'int16':
      return { data: Int16Array.from(numbers, bit), dims, type }
    case 'uint16':
      return { data: Uint16Array.from(numbers, bit), dims, type }
    case 'int8':
      return { data: Int8Array.from(numbers, bit), dims, type }
    case 'uint8':
      return { data: Uint8Array.from(numbers, byte), dims, type }
    case 'bool':
      return { data: Uint8Array.from(numbers, bit), dims, type }
    default:
      throw new InputError({
        problem: `input ${port.name} is ${type === 'string' ? 'of texts' : 'no tensor'}`,
        remedy: 'Models are run on numbers: feed it yourself.',
      })
  }
}
