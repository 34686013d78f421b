/** Bytes that are read from anywhere, a piece at a time: a file, a Blob of a page, memory. */
export interface ByteSource {
  /** For people: the path as it was given. */
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** Exactly `length` bytes from `offset`, the reader's own to write to. Callers have checked that they are there. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** Bytes that are in memory already; what is read of them is a copy. */
export function inMemory(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    // Not `slice`: that of Node's Buffer shares its bytes.
    read: async (offset, length) => new Uint8Array(bytes.subarray(offset, offset + length)),
  }
}

/** Bytes as numbers, little-endian, without sign. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** A number of 8 bytes; past 2^53 it is rounded, and still larger than any file. */
export function u64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true)
}

/** Reads small pieces that lie close together by larger ones; nothing where the source ends before. */
export type Pieces = (offset: number, length: number) => Promise<Uint8Array | undefined>

/** Pieces of a source, read `window` bytes at a time. They share their bytes. */
export function pieces(source: ByteSource, window: number): Pieces {
  let held: Uint8Array = new Uint8Array(0)
  let from = 0
  return async (offset, length) => {
    if (offset + length > source.size) return undefined
    if (offset < from || offset + length > from + held.length) {
      held = new Uint8Array(0)
      from = offset
      held = await source.read(offset, Math.min(Math.max(length, window), source.size - offset))
    }
    return held.subarray(offset - from, offset - from + length)
  }
}
