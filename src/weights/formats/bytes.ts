/** Bytes that are read from anywhere, a piece at a time: a file, a Blob of a page, memory. */
export interface ByteSource {
  /** For people: the path as it was given. */
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** Exactly `length` bytes from `offset`, the reader's own to write to. Callers have checked that they are there. */
  read(offset: number, length: number): Promise<Uint8Array>
}
