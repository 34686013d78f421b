import type { Picture, PictureSize } from './picture.js'

/** What a pixel of a resized row is a sum of: pixels of the row before from `first` on, and a weight for each. */
interface Taps {
  readonly first: number
  readonly weights: readonly number[]
}

/**
 * Bilinear between pixel centres, without regard to pixels in between where it shrinks: OpenCV's INTER_LINEAR, and
 * PyTorch's `interpolate` with align_corners off. Rounded once.
 */
export function resizeLinear(picture: Picture, size: PictureSize): Picture {
  return resized(
    picture,
    size,
    (from, to) => linearTaps(from, to),
    (x) => x,
  )
}

/**
 * Bilinear over as many pixels as one of the result covers: PIL's `resize(…, BILINEAR)`, and so torchvision's
 * `Resize` of a PIL image. Rounded after each direction, as PIL does.
 */
export function resizeSmooth(picture: Picture, size: PictureSize): Picture {
  return resized(picture, size, triangleTaps, nearestByte)
}

/** Where the pixels of a side lie on the side that it is resized from, whose pixels are at 0, 1, 2 and so on. */
export function places(from: number, to: number, alignCorners = false): readonly number[] {
  const step = (from - 1) / Math.max(to - 1, 1)
  return Array.from({ length: to }, (_, i) => {
    const place = alignCorners ? i * step : ((i + 0.5) * from) / to - 0.5
    return Math.min(Math.max(place, 0), from - 1)
  })
}

/** What each pixel of a side is between pixel centres, or from corner to corner. */
export function linearTaps(from: number, to: number, alignCorners = false): readonly Taps[] {
  return places(from, to, alignCorners).map((centre) => {
    const first = Math.min(Math.floor(centre), Math.max(from - 2, 0))
    const part = centre - first
    return { first, weights: part === 0 ? [1] : [1 - part, part] }
  })
}

function triangleTaps(from: number, to: number): readonly Taps[] {
  const scale = Math.max(from / to, 1)
  return Array.from({ length: to }, (_, i) => {
    const centre = ((i + 0.5) * from) / to
    const first = Math.max(Math.trunc(centre - scale + 0.5), 0)
    const end = Math.min(Math.trunc(centre + scale + 0.5), from)
    const weights = Array.from({ length: end - first }, (_, k) =>
      Math.max(0, 1 - Math.abs((first + k + 0.5 - centre) / scale)),
    )
    const sum = weights.reduce((a, b) => a + b, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

/** Rows first, then columns; `between` is what happens to a number after the first. */
function resized(
  { width, height, channels, data }: Picture,
  size: PictureSize,
  taps: (from: number, to: number) => readonly Taps[],
  between: (x: number) => number,
): Picture {
  const stride = size.width * channels
  const columns = taps(width, size.width)
  const narrow = (y: number): Float32Array => {
    const row = new Float32Array(stride)
    for (const [x, { first, weights }] of columns.entries())
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let k = 0; k < weights.length; k++)
          sum += (weights[k] as number) * (data[(y * width + first + k) * channels + c] as number)
        row[x * channels + c] = between(sum)
      }
    return row
  }
  const out = new Uint8Array(stride * size.height)
  // Only the rows that one row of the result is made of are held.
  const rows = new Map<number, Float32Array>()
  for (const [y, { first, weights }] of taps(height, size.height).entries()) {
    for (const old of rows.keys()) if (old < first) rows.delete(old)
    const sources = weights.map((_, k) => {
      const row = rows.get(first + k) ?? narrow(first + k)
      rows.set(first + k, row)
      return row
    })
    for (let i = 0; i < stride; i++) {
      let sum = 0
      for (let k = 0; k < sources.length; k++)
        sum += (weights[k] as number) * ((sources[k] as Float32Array)[i] as number)
      out[y * stride + i] = nearestByte(sum)
    }
  }
  return { ...size, channels, data: out }
}

export function nearestByte(x: number): number {
  return Math.min(Math.max(Math.floor(x + 0.5), 0), 255)
}
