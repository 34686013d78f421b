import makeDecoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import { jpegCodec } from './codec.js'
import { jpegHeader } from './jpeg-header.js'
import { expectSize } from './limit.js'
import { notRead, type Picture } from './picture.js'
import { upright } from './turn.js'

/**
 * A JPEG's pixels, as libjpeg-turbo has them, upright.
 * @throws {InputError} where it is damaged, too large, or of a form that is not read.
 */
export async function decodeJpeg(name: string, bytes: Uint8Array, limit: number): Promise<Picture> {
  const header = jpegHeader(name, bytes)
  expectSize(name, header, limit)
  const { width, height, components, orientation } = header
  const rgba = await decoded(name, bytes)
  if (rgba.length !== width * height * 4)
    throw notRead(name, 'is a JPEG whose header is damaged', 'Fetch or save it again.')
  const channels = components === 1 ? 1 : 3
  const data = new Uint8Array(width * height * channels)
  for (let i = 0, at = 0; i < rgba.length; i += 4)
    for (let c = 0; c < channels; c++) data[at++] = rgba[i + c] as number
  return upright({ width, height, channels, data }, orientation)
}

/** In an instance of its own: after a failure one is of no use, and its memory never shrinks. */
async function decoded(name: string, bytes: Uint8Array): Promise<Uint8ClampedArray> {
  const instantiateWasm = await jpegCodec()
  const silent = (): void => {}
  try {
    const options = { noInitialRun: true, instantiateWasm, print: silent, printErr: silent }
    const decoder = await lending(() => makeDecoder(options))
    return (lending(() => decoder.decode(bytes, false)) as Pixels).data
  } catch (error) {
    // libjpeg ends its program where it can go no further, which says nothing of why.
    throw notRead(name, 'is a JPEG that is damaged', 'Fetch or save it again.', error)
  }
}

/** What the decoder makes with the ImageData of a page. */
interface Pixels {
  readonly data: Uint8ClampedArray
}

function pixelsOf(data: Uint8ClampedArray): Pixels {
  return { data }
}

/** Lends the decoder an ImageData for as long as it works, and no longer: programs tell a page from Node by it. */
function lending<R>(work: () => R): R {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'ImageData')
  Object.defineProperty(globalThis, 'ImageData', { value: pixelsOf, configurable: true })
  try {
    return work()
  } finally {
    if (own) Object.defineProperty(globalThis, 'ImageData', own)
    else Reflect.deleteProperty(globalThis, 'ImageData')
  }
}
