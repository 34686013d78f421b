import { elementCount } from '../../compiler/dimension.js'
import { elementBytes } from './elements.js'
import { typeNames } from './safetensors.js'
import type { StoredType } from './tensor-file.js'

/** A tensor to be written: its bytes row-major and little-endian, in pieces that are made when they are asked for. */
export interface TensorToWrite {
  readonly name: string
  readonly type: StoredType
  readonly shape: readonly number[]
  pieces(): AsyncIterable<Uint8Array>
}

/** A safetensors file that is yet to be made, piece by piece. */
export interface SafetensorsFile {
  /** In bytes. */
  readonly size: number
  chunks(): AsyncIterable<Uint8Array>
}

/**
 * Tensors as a safetensors file: the length of the header, the header in JSON, the bytes of the tensors without
 * gaps. Wider elements come first and the header is filled up with spaces to a multiple of 8 bytes, so that every
 * element is aligned and the file can be mapped into memory.
 */
export function safetensorsOf(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsFile {
  const ordered = tensors.toSorted((a, b) => elementBytes[b.type] - elementBytes[a.type])
  // Without a prototype: a tensor may have any name.
  const header: Record<string, object> = Object.create(null)
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata
  let at = 0
  for (const { name, type, shape } of ordered) {
    const end = at + elementCount(shape) * elementBytes[type]
    header[name] = { dtype: typeNames[type], shape, data_offsets: [at, end] }
    at = end
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const head = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20)
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true)
  head.set(text, 8)
  return {
    size: head.length + at,
    async *chunks() {
      yield head
      for (const tensor of ordered) yield* tensor.pieces()
    },
  }
}
