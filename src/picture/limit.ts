import { notRead, type PictureSize } from './picture.js'

/** Pixels that a picture may have where nobody says otherwise: 64 × 2^20, so that reading takes at most 1 GB. */
export const mostPixels: number = 64 * 2 ** 20

/** Refuses a size that a header claims, before anything is decoded. */
export function expectSize(name: string, { width, height }: PictureSize, limit: number): void {
  if (width === 0 || height === 0)
    throw notRead(name, `is a picture of ${width}x${height} pixels`, 'Give one that has pixels.')
  const pixels = width * height
  if (pixels > limit)
    throw notRead(
      name,
      `is a picture of ${width}x${height}, ${pixels.toLocaleString('en')} pixels, and ${limit.toLocaleString('en')} are read`,
      'Make it smaller: a network sees a fraction of it.',
    )
}
