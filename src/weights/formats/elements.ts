import { halfToNumber } from '../../half.js'
import type { StoredType } from './tensor-file.js'

/** Bytes of one element of each type. */
export const elementBytes: Readonly<Record<StoredType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
}

type Numbers = (buffer: ArrayBufferLike, offset: number, count: number) => ArrayLike<number>

/** Little-endian elements as numbers. */
const numbers: Readonly<Record<StoredType, Numbers>> = {
  float64: (...at) => new Float64Array(...at),
  float32: (...at) => new Float32Array(...at),
  float16: (...at) => Float32Array.from(new Uint16Array(...at), half),
  bfloat16: (...at) =>
    new Float32Array(Uint32Array.from(new Uint16Array(...at), (bits) => bits << 16).buffer),
  int64: (...at) => Float64Array.from(Array.from(new BigInt64Array(...at), Number)),
  int32: (...at) => new Int32Array(...at),
  int16: (...at) => new Int16Array(...at),
  int8: (...at) => new Int8Array(...at),
  uint8: (...at) => new Uint8Array(...at),
  bool: (...at) => new Uint8Array(...at).map((byte) => (byte === 0 ? 0 : 1)),
}

/** Little-endian elements as float32, each rounded once, written to `to` from `at`. */
export function decode(type: StoredType, bytes: Uint8Array, to: Float32Array, at: number): void {
  const size = elementBytes[type]
  const { buffer, byteOffset, length } = aligned(bytes, size)
  to.set(numbers[type](buffer, byteOffset, length / size), at)
}

/** The same bytes where an array of elements of `size` bytes may begin. */
export function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)
}

let halves: Float32Array | undefined

function half(bits: number): number {
  halves ??= Float32Array.from({ length: 2 ** 16 }, (_, each) => halfToNumber(each))
  return halves[bits] as number
}

/** Turns each element of `size` bytes around, in place. */
export function swap(bytes: Uint8Array, size: number): Uint8Array {
  if (size > 1)
    for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse()
  return bytes
}
