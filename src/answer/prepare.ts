import { InputError } from '../errors.js'
import { inColours } from '../picture/colour.js'
import { expectPicture, type Picture, type PictureSize } from '../picture/picture.js'
import { resizeLinear, resizeSmooth } from '../picture/resize.js'
import { type Box, cropped, warped } from '../picture/window.js'
import type { TensorData } from '../runtime/tensor.js'
import type { AnswerKind, Preprocessing } from './ends.js'
import { faceCrop } from './face-crop.js'
import { expectBox, faceRegion, poseRegion, wholeOf } from './region.js'

export interface PrepareOptions {
  readonly kind: AnswerKind
  /** The network's input, in pixels. */
  readonly input: PictureSize
  readonly preprocessing: Preprocessing
  /** The person or the face, for pose and landmarks (the whole picture). */
  readonly box?: Box | undefined
}

/**
 * A picture as a network's input, as the authors' test code of each task makes it: for segmentation resized to the
 * input (bilinear, the picture's form is not kept); for pose and landmarks the box with its surroundings; for
 * classification the short side to 8/7 of the input's, then the middle of it.
 * @throws {InputError} where the picture or the box is none, or the box lies outside.
 */
export function preparePicture(picture: Picture, options: PrepareOptions): TensorData {
  expectPicture(picture)
  const { kind, input, preprocessing, box = wholeOf(picture) } = options
  expectBox(box, picture)
  return tensorOf(
    viewOf(inColours(picture, preprocessing.colours), kind, input, box),
    preprocessing,
  )
}

/** What the network sees. */
function viewOf(picture: Picture, kind: AnswerKind, input: PictureSize, box: Box): Picture {
  switch (kind) {
    case 'segmentation':
      return resizeLinear(picture, input)
    case 'classification':
      return middleOf(picture, input)
    case 'pose': {
      const { x, y, width } = poseRegion(box, input)
      return warped(picture, { step: width / input.width, left: x, top: y }, input)
    }
    case 'landmarks':
      return faceCrop(picture, faceRegion(box), input)
  }
}

/** torchvision's `Resize(side / 0.875)` of a PIL image, then `CenterCrop(side)`; so too for inputs that are no square. */
function middleOf(picture: Picture, input: PictureSize): Picture {
  const { width, height } = picture
  const cover = (side: number): number => Math.trunc(side / 0.875)
  const scale = Math.max(cover(input.width) / width, cover(input.height) / height)
  const size = {
    width: Math.trunc(width * scale + slack),
    height: Math.trunc(height * scale + slack),
  }
  const resized = resizeSmooth(picture, size)
  const [x, y] = [(size.width - input.width) / 2, (size.height - input.height) / 2].map(evenRound)
  return cropped(resized, { x: x as number, y: y as number, ...input })
}

/** 256 / 300 · 300 is a hair below 256. */
const slack = 1e-9

/** As Python rounds: a half to the even number. */
function evenRound(x: number): number {
  const down = Math.floor(x)
  if (x - down !== 0.5) return Math.round(x)
  return down % 2 === 0 ? down : down + 1
}

function tensorOf(picture: Picture, { format, mean, deviation }: Preprocessing): TensorData {
  const { width, height, channels, data } = picture
  if (format === 'uint8-nhwc') return { data, dims: [1, height, width, channels], type: 'uint8' }
  if (mean?.length !== channels || deviation?.length !== channels)
    throw new InputError({
      problem: `${mean?.length ?? 0} means and ${deviation?.length ?? 0} deviations for ${channels} channels`,
      remedy: 'A float32-nchw input has one of each a channel.',
    })
  const plane = width * height
  const out = new Float32Array(plane * channels)
  for (let c = 0; c < channels; c++) {
    const [less, over] = [mean[c] as number, deviation[c] as number]
    for (let i = 0; i < plane; i++)
      out[c * plane + i] = ((data[i * channels + c] as number) / 255 - less) / over
  }
  return { data: out, dims: [1, channels, height, width], type: 'float32' }
}
