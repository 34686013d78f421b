import { decode } from 'fast-png'
import { Unzlib } from 'fflate'
import { expectSize } from './limit.js'
import { notRead, type Picture } from './picture.js'
import { colourTypes, indexed, type PngChunks, pngChunks } from './png-chunks.js'
import { upright } from './turn.js'

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/**
 * A PNG's pixels, upright: alpha left out, 16 bits cut to their upper 8, fewer than 8 spread over 0 to 255.
 * @throws {InputError} where it is damaged, too large, or of a form that is not read.
 */
export function decodePng(name: string, bytes: Uint8Array, limit: number): Picture {
  const chunks = pngChunks(name, bytes)
  expectSize(name, chunks, limit)
  if (chunks.interlaced && chunks.depth < 8)
    throw notRead(
      name,
      `is an interlaced PNG of ${chunks.depth} bits a channel`,
      'Save it without interlacing, or with 8 bits a channel.',
    )
  if (chunks.colour === indexed && !chunks.palette)
    throw notRead(name, 'is a PNG without the palette that it needs', 'Save it again.')
  try {
    expectInflated(chunks)
    const file = joined([signature, ...chunks.critical])
    const { data } = decode(file, { checkCrc: true })
    return upright(pictureOf(chunks, data), chunks.orientation)
  } catch (error) {
    throw notRead(
      name,
      `is a PNG that is damaged: ${error instanceof Error ? error.message : error}`,
      'Fetch or save it again.',
      error,
    )
  }
}

/** Pieces so small that even what inflates a thousandfold stays small. */
const piece = 2 ** 16

/** Inflates and forgets: a few kB may claim to be gigabytes, and who decodes would believe them. */
function expectInflated(chunks: PngChunks): void {
  const expected = rawLength(chunks)
  const wrong = (length: number | string): Error =>
    new Error(`its pixels take ${expected} bytes, and there are ${length}`)
  let length = 0
  const inflate = new Unzlib((part) => {
    length += part.length
    if (length > expected) throw wrong('more')
  })
  for (const part of chunks.pixels)
    for (let at = 0; at < part.length; at += piece) inflate.push(part.subarray(at, at + piece))
  inflate.push(new Uint8Array(0), true)
  if (length < expected) throw wrong(length)
}

/** Bytes of the pixels, each row behind the number of its filter. */
function rawLength({ width, height, depth, colour, interlaced }: PngChunks): number {
  const bits = depth * (colourTypes[colour]?.channels ?? 0)
  const of = (w: number, h: number): number => (w > 0 ? h * (1 + Math.ceil((w * bits) / 8)) : 0)
  if (!interlaced) return of(width, height)
  return adam7.reduce(
    (sum, [x, y, dx, dy]) => sum + of(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  )
}

/** The seven passes of an interlaced picture: where each starts, and how far apart its pixels are. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

function pictureOf(chunks: PngChunks, data: ArrayLike<number>): Picture {
  const { width, height, depth, colour } = chunks
  const stored = colourTypes[colour]?.channels ?? 0
  const channels = colour === indexed || stored > 2 ? 3 : 1
  const out = new Uint8Array(width * height * channels)
  const sample = samplesOf(data, depth, width * stored)
  const { palette = new Uint8Array(0) } = chunks
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        // An index past the palette is black, as libpng has it.
        out[at++] =
          colour === indexed ? (palette[sample(y, x) * 3 + c] ?? 0) : sample(y, x * stored + c)
  return { width, height, channels, data: colour === indexed ? out : spread(out, depth) }
}

/** Sample i of a row: rows of fewer than 8 bits a sample are packed, and each begins with a byte of its own. */
function samplesOf(
  data: ArrayLike<number>,
  depth: number,
  inRow: number,
): (row: number, i: number) => number {
  if (depth === 16) return (row, i) => (data[row * inRow + i] as number) >> 8
  if (depth === 8) return (row, i) => data[row * inRow + i] as number
  const [bytesInRow, inByte, mask] = [Math.ceil((inRow * depth) / 8), 8 / depth, 2 ** depth - 1]
  return (row, i) => {
    const byte = data[row * bytesInRow + Math.floor(i / inByte)] as number
    return (byte >> (8 - depth * ((i % inByte) + 1))) & mask
  }
}

function spread(samples: Uint8Array, depth: number): Uint8Array {
  return depth >= 8 ? samples : samples.map((value) => value * (255 / (2 ** depth - 1)))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
