import { type Orientation, orientationIn } from './exif.js'
import { notRead, type PictureSize } from './picture.js'

/** What a JPEG says of itself before its pixels. */
export interface JpegHeader extends PictureSize {
  /** 1 is grey, 3 is colour; 4 is what presses print. */
  readonly components: number
  readonly orientation: Orientation
}

/** Each scan of a progressive picture goes over all of it; cameras and programs make about ten. */
const mostScans = 100
const [endOfImage, startOfScan, app1] = [0xd9, 0xda, 0xe1]
/** Baseline, extended and progressive, Huffman-coded; the others are lossless, hierarchical or arithmetic. */
const read: readonly number[] = [0xc0, 0xc1, 0xc2]

/**
 * Walks a JPEG from marker to marker, up to its end; nothing is decoded.
 * @throws {InputError} where it ends before its picture does, or is of a form that is not read.
 */
export function jpegHeader(name: string, bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let orientation: Orientation | undefined
  let frame: Omit<JpegHeader, 'orientation'> | undefined
  let [at, scans] = [2, 0]
  for (;;) {
    at = nextMarker(bytes, at)
    const marker = bytes[at + 1]
    if (marker === undefined || marker === endOfImage) {
      if (marker === endOfImage && frame && scans > 0)
        return { ...frame, orientation: orientation ?? 1 }
      throw cut(name, bytes, marker === endOfImage ? 'there are no pixels' : 'its end is missing')
    }
    if (at + 4 > bytes.length) throw cut(name, bytes, 'its end is missing')
    const length = view.getUint16(at + 2)
    const body = bytes.subarray(at + 4, at + 2 + length)
    if (length < 2 || body.length < length - 2) throw cut(name, bytes, 'its end is missing')
    if (isFrame(marker)) frame ??= frameOf(name, marker, body)
    if (marker === app1 && startsWith(body, 'Exif\0\0'))
      orientation ??= orientationIn(body.subarray(6))
    if (marker === startOfScan && ++scans > mostScans)
      throw notRead(name, `is a JPEG of over ${mostScans} scans`, 'Save it anew.')
    at += 2 + length
  }
}

/** The next marker from some place on: within a scan, what stands between is coded pixels. */
function nextMarker(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    at = bytes.indexOf(0xff, at)
    if (at === -1) return bytes.length
    const next = bytes[at + 1]
    // A stuffed byte, a restart within a scan, or a filling byte.
    if (next === 0 || next === 1 || (next !== undefined && next >= 0xd0 && next <= 0xd8)) at += 2
    else if (next === 0xff) at += 1
    else return at
  }
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}

function frameOf(name: string, marker: number, body: Uint8Array): Omit<JpegHeader, 'orientation'> {
  const [bits = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = body
  if (!read.includes(marker) || bits !== 8)
    throw notRead(
      name,
      `is a JPEG ${bits !== 8 ? `of ${bits} bits a channel` : 'that is lossless, hierarchical or arithmetic'}`,
      'Save it as an ordinary JPEG (baseline or progressive, 8 bits) or as a PNG.',
    )
  if (components !== 1 && components !== 3)
    throw notRead(
      name,
      `is a JPEG of ${components} channels${components === 4 ? ' (CMYK, for presses)' : ''}`,
      'Save it as grey (1 channel) or RGB (3 channels).',
    )
  return { width: w1 * 256 + w0, height: h1 * 256 + h0, components }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((letter, i) => bytes[i] === letter.charCodeAt(0))
}

function cut(name: string, { length }: Uint8Array, what: string): Error {
  return notRead(
    name,
    `is a JPEG that is cut off or damaged: after ${length} bytes ${what}`,
    'Fetch or save it again.',
  )
}
