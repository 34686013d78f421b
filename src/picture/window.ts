import { blank, type Picture, type PictureSize } from './picture.js'
import { nearestByte } from './resize.js'

/** A part of a picture in pixels: its left upper corner and its sides; it may reach past the picture. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A part whose sides are whole pixels; black where there is no picture. */
export function cropped(picture: Picture, { x, y, width, height }: Box): Picture {
  const { channels, data } = picture
  const out = blank({ width, height }, channels)
  const [left, right] = [Math.max(x, 0), Math.min(x + width, picture.width)]
  if (left >= right) return out
  for (let row = Math.max(y, 0); row < Math.min(y + height, picture.height); row++) {
    const from = (row * picture.width + left) * channels
    const to = ((row - y) * width + left - x) * channels
    out.data.set(data.subarray(from, from + (right - left) * channels), to)
  }
  return out
}

/** Where pixels of a result are in the picture, without a turn: (x, y) is at (x·step + left, y·step + top). */
export interface Placement {
  readonly step: number
  readonly left: number
  readonly top: number
}

/**
 * The part of a picture that a placement says, at any size: bilinear between pixel centres, black outside. OpenCV's
 * warpAffine with INTER_LINEAR (5.0; before, it rounded places to 1/32 of a pixel).
 */
export function warped(
  picture: Picture,
  { step, left, top }: Placement,
  size: PictureSize,
): Picture {
  const { width, height, channels, data } = picture
  const out = blank(size, channels)
  const pixel = (x: number, y: number, c: number): number =>
    x >= 0 && x < width && y >= 0 && y < height
      ? (data[(y * width + x) * channels + c] as number)
      : 0
  let at = 0
  for (let row = 0; row < size.height; row++) {
    const y = row * step + top
    const [y0, v] = [Math.floor(y), y - Math.floor(y)]
    for (let column = 0; column < size.width; column++) {
      const x = column * step + left
      const [x0, u] = [Math.floor(x), x - Math.floor(x)]
      for (let c = 0; c < channels; c++) {
        const upper = pixel(x0, y0, c) * (1 - u) + pixel(x0 + 1, y0, c) * u
        const lower = pixel(x0, y0 + 1, c) * (1 - u) + pixel(x0 + 1, y0 + 1, c) * u
        out.data[at++] = nearestByte(upper * (1 - v) + lower * v)
      }
    }
  }
  return out
}

/** A picture whose least and largest numbers, over all channels, become 0 and 255. */
export function stretched(picture: Picture): Picture {
  let [least, most] = [255, 0]
  for (const value of picture.data) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  const scale = most > least ? 255 / (most - least) : 255
  return {
    ...picture,
    data: picture.data.map((value) => Math.floor((value - least) * scale + 0.5)),
  }
}
