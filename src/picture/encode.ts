import { expectPicture, type Picture } from './picture.js'

/**
 * A picture as the bytes of a PNG file.
 * @throws {InputError} where the parts of the picture do not fit together.
 */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  expectPicture(picture)
  const { encode } = await import('fast-png')
  const { width, height, channels, data } = picture
  return encode({ width, height, channels, depth: 8, data }, { zlib: { level: 4 } })
}
