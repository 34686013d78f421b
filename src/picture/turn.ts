import type { Orientation } from './exif.js'
import type { Picture } from './picture.js'

/** Where the turned picture begins in the stored one: at its right edge, at its bottom; and whether rows are columns. */
const turns: Readonly<Record<Orientation, readonly [right: 0 | 1, bottom: 0 | 1, swap: 0 | 1]>> = {
  1: [0, 0, 0],
  2: [1, 0, 0],
  3: [1, 1, 0],
  4: [0, 1, 0],
  5: [0, 0, 1],
  6: [0, 1, 1],
  7: [1, 1, 1],
  8: [1, 0, 1],
}

/** A picture upright, from how its file says that the camera was held. */
export function upright(picture: Picture, orientation: Orientation): Picture {
  if (orientation === 1) return picture
  const { width, height, channels, data } = picture
  const [right, bottom, swap] = turns[orientation]
  const start = (right ? width - 1 : 0) + (bottom ? (height - 1) * width : 0)
  const [alongRow, alongColumn] = [right ? -1 : 1, bottom ? -width : width]
  const [stepX, stepY] = swap ? [alongColumn, alongRow] : [alongRow, alongColumn]
  const size = swap ? { width: height, height: width } : { width, height }
  const out = new Uint8Array(data.length)
  let at = 0
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const from = (start + x * stepX + y * stepY) * channels
      for (let c = 0; c < channels; c++) out[at++] = data[from + c] as number
    }
  return { ...size, channels, data: out }
}
