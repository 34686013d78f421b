import { elementCount } from '../../compiler/dimension.js'
import { aligned, decode, elementBytes, swap } from './elements.js'
import type { StoredTensor } from './tensor-file.js'
import {
  cut,
  isContiguous,
  parts,
  readAtOnce,
  rowMajor,
  simplest,
  spanOf,
  type View,
} from './view.js'

/**
 * The values of a tensor as float32, row by row, whatever its type and strides; each is rounded once. The array is
 * the reader's own to write to. A float32 tensor whose elements follow each other is one read and no copy.
 */
export async function readValues(tensor: StoredTensor): Promise<Float32Array> {
  const { type, shape, source, offset, littleEndian } = tensor
  const count = elementCount(shape)
  if (type === 'float32' && littleEndian && count > 0 && isContiguous(simplest(tensor))) {
    const { buffer, byteOffset } = aligned(await source.read(offset, 4 * count), 4)
    return new Float32Array(buffer as ArrayBuffer, byteOffset, count)
  }
  const values = new Float32Array(count)
  let at = 0
  for await (const piece of readBytes(tensor)) {
    decode(type, piece, values, at)
    at += piece.length / elementBytes[type]
  }
  return values
}

/**
 * The elements of a tensor as they are stored, but row by row and little-endian, in pieces of at most 16 MiB that
 * are the reader's own.
 */
export async function* readBytes(tensor: StoredTensor): AsyncGenerator<Uint8Array> {
  if (elementCount(tensor.shape) === 0) return
  const size = elementBytes[tensor.type]
  const whole = simplest({ ...tensor, offset: 0 })
  for (const part of parts(whole, readAtOnce / size)) {
    const bytes = await readPart(tensor, part)
    yield tensor.littleEndian ? bytes : swap(bytes, size)
  }
}

/** A part of a tensor, row by row; its offset is in elements from the tensor's first one. */
async function readPart(tensor: StoredTensor, part: View): Promise<Uint8Array> {
  const size = elementBytes[tensor.type]
  if (isContiguous(simplest(part)))
    return await tensor.source.read(tensor.offset + part.offset * size, spanOf(part) * size)
  const bytes = new Uint8Array(elementCount(part.shape) * size)
  const place = { offset: 0, strides: rowMajor(part.shape) }
  await gather(tensor, part, elements(bytes, size), place)
  return bytes
}

/** Where elements go in the result, by the sides of what is read. */
type Place = Omit<View, 'shape'>

/** Reads what a view spans, by at most a window at a time: along the axis that reaches farthest. */
async function gather(tensor: StoredTensor, from: View, to: Elements, place: Place): Promise<void> {
  const size = elementBytes[tensor.type]
  const span = spanOf(from) * size
  if (span <= readAtOnce) {
    const bytes = await tensor.source.read(tensor.offset + from.offset * size, span)
    return scatter({ data: elements(bytes, size), from, to, place }, 0, 0, place.offset)
  }
  const reaches = from.strides.map((stride, axis) => (from.shape[axis] === 1 ? 0 : stride))
  const reach = Math.max(...reaches)
  const axis = reaches.indexOf(reach)
  const side = from.shape[axis] as number
  const step = Math.min(Math.max(1, Math.floor(readAtOnce / (reach * size))), side - 1)
  for (let at = 0; at < side; at += step) {
    const offset = place.offset + at * (place.strides[axis] as number)
    await gather(tensor, cut(from, axis, at, Math.min(step, side - at)), to, { ...place, offset })
  }
}

interface Move {
  readonly data: Elements
  readonly from: View
  readonly to: Elements
  readonly place: Place
}

function scatter(move: Move, axis: number, readAt: number, writeAt: number): void {
  const { data, from, to, place } = move
  const side = from.shape[axis] as number
  const [read, write] = [from.strides[axis] as number, place.strides[axis] as number]
  if (axis < from.shape.length - 1)
    for (let i = 0; i < side; i++) scatter(move, axis + 1, readAt + i * read, writeAt + i * write)
  else for (let i = 0; i < side; i++) to[writeAt + i * write] = data[readAt + i * read] as never
}

type Elements = Uint8Array | Uint16Array | Uint32Array | BigUint64Array

/** Bytes as elements that are moved and not looked at. */
function elements(bytes: Uint8Array, size: number): Elements {
  const { buffer, byteOffset, length } = aligned(bytes, size)
  if (size === 1) return new Uint8Array(buffer, byteOffset, length)
  if (size === 2) return new Uint16Array(buffer, byteOffset, length / 2)
  if (size === 4) return new Uint32Array(buffer, byteOffset, length / 4)
  return new BigUint64Array(buffer, byteOffset, length / 8)
}
