import { type Orientation, orientationIn } from './exif.js'
import { notRead, type PictureSize } from './picture.js'

/** What a PNG is made of, as far as its pixels go. */
export interface PngChunks extends PictureSize {
  /** Bits of each channel, or of an index into the palette. */
  readonly depth: number
  readonly colour: number
  readonly interlaced: boolean
  readonly orientation: Orientation
  /** The colours that an index stands for, one after the other. */
  readonly palette: Uint8Array | undefined
  /** The compressed pixels, in pieces. */
  readonly pixels: readonly Uint8Array[]
  /** The chunks that no reader can do without, with their lengths and checksums. */
  readonly critical: readonly Uint8Array[]
}

/** Channels of each colour type, alpha among them, and the depths that it comes in. */
export const colourTypes: Readonly<
  Record<number, { readonly channels: number; readonly depths: readonly number[] }>
> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
}
export const indexed = 3

/**
 * Walks a PNG from chunk to chunk; nothing is decompressed.
 * @throws {InputError} where it is cut off, or its header is none.
 */
export function pngChunks(name: string, bytes: Uint8Array): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const critical: Uint8Array[] = []
  const pixels: Uint8Array[] = []
  let header: Uint8Array | undefined
  let palette: Uint8Array | undefined
  let orientation: Orientation = 1
  for (let at = 8; ; ) {
    const length = at + 8 <= bytes.length ? view.getUint32(at) : 0
    if (at + 12 + length > bytes.length)
      throw notRead(
        name,
        `is a PNG that is cut off: a chunk at byte ${at} is not whole, and the file ends after ${bytes.length}`,
        'Fetch or save it again.',
      )
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'eXIf') orientation = orientationIn(body)
    else if (type === 'IDAT') pixels.push(body)
    else if (type === 'PLTE') palette = body
    else if (type === 'IHDR') header ??= body
    // A capital: a reader that does not know the chunk cannot read the picture.
    if (/^[A-Z]/.test(type)) critical.push(bytes.subarray(at, at + 12 + length))
    at += 12 + length
    if (type === 'IEND') break
  }
  return { ...headerOf(name, header), orientation, palette, pixels, critical }
}

function headerOf(
  name: string,
  header: Uint8Array | undefined,
): Pick<PngChunks, 'width' | 'height' | 'depth' | 'colour' | 'interlaced'> {
  const damaged = (what: string): Error =>
    notRead(name, `is a PNG that is damaged: ${what}`, 'Fetch or save it again.')
  if (header?.length !== 13) throw damaged('it has no header of 13 bytes')
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  const [depth, colour, , , interlace] = header.subarray(8) as unknown as number[]
  if (!colourTypes[colour as number]?.depths.includes(depth as number))
    throw damaged(`its colour type is ${colour} at ${depth} bits`)
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: depth as number,
    colour: colour as number,
    interlaced: interlace !== 0,
  }
}
