import protobuf from 'protobufjs/minimal.js'

/** Protobuf's wire type of strings, bytes and messages. */
const lengthDelimited = 2

/** The tag and length before a field of `length` bytes. */
export function fieldHead(field: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | lengthDelimited)
    .uint32(length)
    .finish()
}

/** A field whose bytes are at hand. */
export function field(number: number, bytes: Uint8Array): Uint8Array {
  return joined([fieldHead(number, bytes.length), bytes])
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
