import { bytesOf, little, torchZip } from './archives.js'

/** Numbers from 0 to below `below`, the same from the same seed (Marsaglia's xorshift). */
export type Draw = (below: number) => number

export function draws(seed: number): Draw {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

export type Mutation = (bytes: Uint8Array, draw: Draw, other: Uint8Array) => Uint8Array

const interesting = [
  ...[0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 2 ** 24, 2 ** 31 - 1],
  ...[2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64 - 2048],
]

function pick<T>(draw: Draw, from: readonly T[]): T {
  return from[draw(from.length)] as T
}

function withBytes(bytes: Uint8Array, at: number, written: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  copy.set(written.subarray(0, Math.max(0, copy.length - at)), at)
  return copy
}

/** A number of the file's own size now and then: what just fits, and what just does not. */
function number(bytes: Uint8Array, draw: Draw): number {
  return draw(3) === 0 ? Math.max(0, bytes.length + draw(5) - 2) : pick(draw, interesting)
}

function piece(bytes: Uint8Array, draw: Draw): Uint8Array {
  const from = draw(bytes.length + 1)
  return bytes.subarray(from, from + draw(Math.min(200, bytes.length - from + 1) + 1))
}

/** Where each of the ZIP's records begins, with the places and sizes of its numbers. */
const zipRecords: readonly (readonly [
  signature: number,
  fields: readonly (readonly [number, number])[],
])[] = [
  [
    0x04034b50,
    [
      [6, 2],
      [8, 2],
      [14, 4],
      [18, 4],
      [22, 4],
      [26, 2],
      [28, 2],
      [30, 2],
    ],
  ],
  [
    0x02014b50,
    [
      [8, 2],
      [10, 2],
      [20, 4],
      [24, 4],
      [28, 2],
      [30, 2],
      [32, 2],
      [34, 2],
      [42, 4],
      [46, 4],
    ],
  ],
  [
    0x06054b50,
    [
      [4, 2],
      [6, 2],
      [8, 2],
      [10, 2],
      [12, 4],
      [16, 4],
      [20, 2],
    ],
  ],
  [
    0x06064b50,
    [
      [4, 8],
      [16, 4],
      [20, 4],
      [24, 8],
      [32, 8],
      [40, 8],
      [48, 8],
    ],
  ],
  [
    0x07064b50,
    [
      [4, 4],
      [8, 8],
      [16, 4],
    ],
  ],
]

function zipField(bytes: Uint8Array, draw: Draw): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const places: (readonly [number, number])[] = []
  for (let at = 0; at + 4 <= bytes.length; at++)
    for (const [signature, fields] of zipRecords)
      if (view.getUint32(at, true) === signature)
        for (const [offset, size] of fields) places.push([at + offset, size])
  if (places.length === 0) return bytes
  const [at, size] = pick(draw, places)
  return withBytes(bytes, at, little(number(bytes, draw), size))
}

const opcodes =
  '(.01NJKMGTUX}]{)atusbcqrhjRQBC\x80\x81\x82\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97'

/** Operations of a pickle put in, taken out or replaced, in an archive whose sizes are right. */
function pickleOperations(bytes: Uint8Array, draw: Draw, other: Uint8Array): Uint8Array {
  const start = bytes.indexOf(0x80)
  const end = bytes.findIndex((byte, at) => at > start && byte === 0x2e && bytes[at + 1] === 0x50)
  const from = bytes.subarray(Math.max(start, 0), end > 0 ? end + 1 : 400)
  let pickle: Uint8Array = from.slice()
  for (let i = 0; i <= draw(3); i++) {
    const at = draw(pickle.length)
    const operation = Uint8Array.of(opcodes.charCodeAt(draw(opcodes.length)))
    const put = draw(4) === 0 ? piece(other, draw) : operation
    pickle = bytesOf(pickle.subarray(0, at), put, pickle.subarray(at + draw(3)))
  }
  return torchZip(pickle, 24)
}

/** A number, or a text, of a header in JSON replaced; the length in front is right. */
function jsonToken(bytes: Uint8Array, draw: Draw): Uint8Array {
  const framed = bytes[8] === 0x7b
  const length = framed ? (bytes[0] as number) + 256 * (bytes[1] as number) : bytes.length
  const start = framed ? 8 : 0
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, start + length))
  const tokens = [...text.matchAll(/\d+|"[^"]*"|[[\]{}:,]/g)]
  if (tokens.length === 0) return bytes
  const token = pick(draw, tokens)
  const words = [
    String(number(bytes, draw)),
    pick(draw, tokens)[0],
    '',
    '-1',
    '1e9',
    '"a',
    '[[',
    '{}',
    'null',
  ]
  const changed = `${text.slice(0, token.index)}${pick(draw, words)}${text.slice(token.index + token[0].length)}`
  const rest = bytes.subarray(start + length)
  return framed ? bytesOf(little(changed.length, 8), changed, rest) : bytesOf(changed)
}

/** What may happen to a file, by name. */
export const mutations: Readonly<Record<string, Mutation>> = {
  'bits flipped': (bytes, draw) => {
    const copy = bytes.slice()
    for (let i = 0; i <= draw(4); i++) {
      const at = draw(copy.length)
      copy[at] = (copy[at] as number) ^ (1 << draw(8))
    }
    return copy
  },
  'bytes replaced': (bytes, draw) => {
    const copy = bytes.slice()
    for (let i = 0; i <= draw(4); i++)
      copy[draw(copy.length)] = pick(draw, [0, 1, 0x7f, 0x80, 0xff, draw(256)])
    return copy
  },
  'cut off': (bytes, draw) => bytes.slice(0, draw(bytes.length)),
  'another file put in': (bytes, draw, other) =>
    withBytes(bytes, draw(bytes.length), piece(other, draw)),
  'a piece repeated': (bytes, draw) => {
    const at = draw(bytes.length)
    const copies = Array.from({ length: 1 + draw(4) }, () => piece(bytes, draw))
    return bytesOf(bytes.subarray(0, at), ...copies, bytes.subarray(at))
  },
  'a piece taken out': (bytes, draw) => {
    const at = draw(bytes.length)
    return bytesOf(bytes.subarray(0, at), bytes.subarray(at + 1 + draw(64)))
  },
  'a number changed': (bytes, draw) =>
    withBytes(bytes, draw(bytes.length), little(number(bytes, draw), pick(draw, [2, 4, 8]))),
  'a field of the ZIP changed': zipField,
  'operations of the pickle changed': pickleOperations,
  'words of the header changed': jsonToken,
}
