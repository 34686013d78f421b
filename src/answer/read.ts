import type { PictureSize } from '../picture/picture.js'
import type { Box } from '../picture/window.js'
import type { TensorData } from '../runtime/tensor.js'
import { readClassification } from './classification.js'
import type { FileAnswer } from './ends.js'
import { readHeatmaps } from './heatmaps.js'
import { wholeOf } from './region.js'
import type { PictureAnswer } from './result.js'
import { readSegmentation } from './segmentation.js'

export interface ReadOptions {
  /** The picture's own size. */
  readonly picture: PictureSize
  /** The size of what the network was given. */
  readonly input: PictureSize
  /** The person or the face, as it was prepared (the whole picture). */
  readonly box?: Box | undefined
  /** Classes of a classification that are wanted (5). */
  readonly top?: number | undefined
}

/**
 * What an output tells of the picture that the network was given.
 * @throws {InputError} where the output has not the shape or the numbers of such an answer.
 */
export function readAnswer(
  answer: FileAnswer,
  tensor: TensorData,
  { picture, input, box = wholeOf(picture), top = 5 }: ReadOptions,
): PictureAnswer {
  switch (answer.kind) {
    case 'segmentation':
      return readSegmentation(answer, tensor, picture)
    case 'classification':
      return readClassification(answer, tensor, top)
    default:
      return readHeatmaps(answer, tensor, { box, input })
  }
}
