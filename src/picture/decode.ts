import { mostPixels } from './limit.js'
import { notRead, type Picture } from './picture.js'
import { looksLike } from './signature.js'

export interface DecodeOptions {
  /** What the picture is called in errors: its path (`the picture`). */
  readonly name?: string
  /** Pixels that it may have at most (64 × 2^20). Its header is asked before anything is decoded. */
  readonly mostPixels?: number
}

/**
 * The pixels of a JPEG or PNG file, upright as its EXIF says: libjpeg-turbo's numbers. Alpha is left out, 16 bits are
 * cut to their upper 8, a palette gives its colours; a grey file stays grey.
 * @throws {InputError} where the bytes are no such picture, damaged, cut off, too large, or of a form that is not
 * read (CMYK, lossless or 12-bit JPEG, interlaced PNG of fewer than 8 bits).
 */
export async function decodePicture(
  bytes: Uint8Array,
  { name = 'the picture', mostPixels: limit = mostPixels }: DecodeOptions = {},
): Promise<Picture> {
  const kind = looksLike(bytes)
  switch (kind) {
    case 'JPEG':
      return (await import('./jpeg.js')).decodeJpeg(name, bytes, limit)
    case 'PNG':
      return (await import('./png.js')).decodePng(name, bytes, limit)
  }
  const what = bytes.length === 0 ? 'is empty' : 'is no picture that is read'
  throw notRead(name, kind ? `is ${kind}, which is not read` : what, 'Give a JPEG or a PNG.')
}
