import type { StoredType } from './tensor-file.js'

/** A tensor to be written: its bytes row-major and little-endian, in pieces that are made when they are asked for. */
export interface TensorToWrite {
  readonly name: string
  readonly type: StoredType
  readonly shape: readonly number[]
  pieces(): AsyncIterable<Uint8Array>
}

/** What safetensors calls an element type, and its bytes. */
export const safetensorsTypes: Readonly<
  Record<StoredType, { readonly name: string; readonly bytes: number }>
> = {
  float64: { name: 'F64', bytes: 8 },
  int64: { name: 'I64', bytes: 8 },
  float32: { name: 'F32', bytes: 4 },
  int32: { name: 'I32', bytes: 4 },
  float16: { name: 'F16', bytes: 2 },
  bfloat16: { name: 'BF16', bytes: 2 },
  int16: { name: 'I16', bytes: 2 },
  int8: { name: 'I8', bytes: 1 },
  uint8: { name: 'U8', bytes: 1 },
  bool: { name: 'BOOL', bytes: 1 },
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
  const ordered = tensors.toSorted((a, b) => bytesOf(b.type) - bytesOf(a.type))
  // Without a prototype: a tensor may have any name.
  const header: Record<string, object> = Object.create(null)
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata
  let at = 0
  for (const { name, type, shape } of ordered) {
    const end = at + shape.reduce((a, b) => a * b, 1) * bytesOf(type)
    header[name] = { dtype: safetensorsTypes[type].name, shape, data_offsets: [at, end] }
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

function bytesOf(type: StoredType): number {
  return safetensorsTypes[type].bytes
}
