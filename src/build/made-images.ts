import { preparePicture } from '../answer/prepare.js'
import type { Model } from '../dsl/model.js'
import type { Picture, PictureSize } from '../picture/picture.js'
import { resizeLinear } from '../picture/resize.js'
import { stretched } from '../picture/window.js'
import type { TensorData } from '../runtime/tensor.js'
import { between, drawn } from '../weights/seeded/draw.js'

/** A made picture as a network is given pictures; around 0 and within ±2 where it does not say how. */
export function madeImage({ image }: Model, size: PictureSize, seed: number): TensorData {
  const { channels, format, normalisation } = image
  const { height, width } = size
  const planes = madePicture(channels, { height, width }, seed)
  if (format) {
    const data = new Uint8Array(height * width * channels)
    for (const [c, plane] of planes.entries())
      for (const [i, pixel] of plane.data.entries()) data[i * channels + c] = pixel
    return { data, dims: [1, height, width, channels], type: 'uint8' }
  }
  const data = new Float32Array(channels * height * width)
  for (const [c, plane] of planes.entries()) {
    const [mean, deviation] = [normalisation?.mean[c] ?? 0.5, normalisation?.deviation[c] ?? 0.25]
    const numbers = preparePicture(plane, {
      kind: 'segmentation',
      input: size,
      preprocessing: {
        format: 'float32-nchw',
        colours: 'grey',
        mean: [mean],
        deviation: [deviation],
      },
    })
    data.set(numbers.data as Float32Array, c * height * width)
  }
  return { data, dims: [1, channels, height, width], type: 'float32' }
}

/**
 * A picture that is like photographs in what a network notices first: less of it the finer it is, channels that are
 * much alike, and hard edges. It is drawn by its seed, the same on every machine; a picture of one channel for each.
 */
export function madePicture(channels: number, size: PictureSize, seed: number): readonly Picture[] {
  const light = ground(size, seed, 'light')
  const boxes = Array.from({ length: boxCount }, (_, i) =>
    drawn(between(0, 1), 4 + channels, seed, `box ${i}`),
  )
  return Array.from({ length: channels }, (_, c) => {
    const colour = ground(size, seed, `colour ${c}`)
    const sum = light.map((x, i) => (3 * x + (colour[i] as number)) / 4)
    for (const [x, y, w, h, ...values] of boxes) {
      const left = Math.floor((x as number) * size.width)
      const top = Math.floor((y as number) * size.height)
      const right = Math.min(left + Math.ceil(((w as number) * size.width) / 3), size.width)
      const bottom = Math.min(top + Math.ceil(((h as number) * size.height) / 3), size.height)
      for (let row = top; row < bottom; row++)
        sum.fill(255 * (values[c] as number), row * size.width + left, row * size.width + right)
    }
    return stretched({ ...size, channels: 1, data: Uint8Array.from(sum, Math.round) })
  })
}

const boxCount = 12

/** Noise of every scale from the whole picture to its pixels, each half as strong as the one before. */
function ground(size: PictureSize, seed: number, name: string): Float64Array {
  const sum = new Float64Array(size.width * size.height)
  for (
    let cells = 1, part = 0.5;
    cells < Math.max(size.width, size.height);
    cells *= 2, part /= 2
  ) {
    const width = Math.min(2 * cells, size.width)
    const height = Math.min(2 * cells, size.height)
    const bytes = drawn(between(0, 255), width * height, seed, `${name} ${cells}`)
    const grid = { width, height, channels: 1, data: Uint8Array.from(bytes) } as const
    for (const [i, value] of resizeLinear(grid, size).data.entries())
      sum[i] = (sum[i] as number) + part * value
  }
  return sum
}
