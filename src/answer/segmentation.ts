import type { PictureSize } from '../picture/picture.js'
import { linearTaps, places } from '../picture/resize.js'
import type { TensorData } from '../runtime/tensor.js'
import type { FileAnswer } from './ends.js'
import { indicesOf, mapsOf, misshapen, type ScoreMaps } from './numbers.js'
import type { LabelMap, Segmentation } from './result.js'

/**
 * Classes of a picture's pixels: scores are resized to the picture (bilinear, corners aligned as the answer says, as
 * the authors' test code does), and the greatest wins, of equal ones the first. Labels are resized to the nearest.
 * @throws {InputError} where the output is no map of classes.
 */
export function readSegmentation(
  answer: FileAnswer,
  tensor: TensorData,
  size: PictureSize,
): Segmentation {
  const map =
    answer.gives === 'labels' ? ofLabels(answer, tensor, size) : ofScores(answer, tensor, size)
  return { kind: 'segmentation', map, classes: sharesOf(map, answer.labels) }
}

function ofScores(answer: FileAnswer, tensor: TensorData, size: PictureSize): LabelMap {
  const maps = mapsOf(answer, tensor, 'classes')
  const { count: classes, height, width } = maps
  const data = new Uint32Array(size.width * size.height)
  const columns = linearTaps(width, size.width, answer.alignCorners)
  const rows = linearTaps(height, size.height, answer.alignCorners)
  for (const [y, { first, weights }] of rows.entries()) {
    const row = mixed(maps, first, weights)
    for (const [x, column] of columns.entries()) {
      const [left, right = 0] = column.weights as [number, number?]
      const at = column.first * classes
      let [best, greatest] = [0, Number.NEGATIVE_INFINITY]
      for (let c = 0; c < classes; c++) {
        const score =
          (row[at + c] as number) * left +
          (right === 0 ? 0 : (row[at + classes + c] as number) * right)
        if (score > greatest) [best, greatest] = [c, score]
      }
      data[y * size.width + x] = best
    }
  }
  return { ...size, data }
}

/** A row between two rows of the output, [width, classes]: the classes of one place side by side. */
function mixed(
  { scores, count, height, width }: ScoreMaps,
  first: number,
  [upper = 1, lower = 0]: readonly number[],
): Float64Array {
  const row = new Float64Array(width * count)
  for (let c = 0; c < count; c++) {
    const from = (c * height + first) * width
    for (let x = 0; x < width; x++)
      row[x * count + c] =
        (scores[from + x] as number) * upper +
        (lower === 0 ? 0 : (scores[from + width + x] as number) * lower)
  }
  return row
}

function ofLabels(answer: FileAnswer, tensor: TensorData, size: PictureSize): LabelMap {
  const [width = 0, height = 0, ...ones] = tensor.dims.toReversed()
  if (width * height === 0 || ones.length > 2 || ones.some((one) => one !== 1))
    throw misshapen(answer, tensor.dims, '[1, height, width] or [1, 1, height, width]')
  const labels = indicesOf(answer, tensor)
  const data = new Uint32Array(size.width * size.height)
  const nearest = (from: number, to: number): readonly number[] =>
    places(from, to, answer.alignCorners).map((place) => Math.floor(place + 0.5))
  const columns = nearest(width, size.width)
  let at = 0
  for (const row of nearest(height, size.height))
    for (const column of columns) data[at++] = labels[row * width + column] as number
  return { ...size, data }
}

function sharesOf(
  { data }: LabelMap,
  labels: readonly string[] | undefined,
): Segmentation['classes'] {
  const counts = new Map<number, number>()
  for (const index of data) counts.set(index, (counts.get(index) ?? 0) + 1)
  return [...counts]
    .map(([index, pixels]) => ({
      index,
      label: labels?.[index],
      pixels,
      share: pixels / data.length,
    }))
    .sort((a, b) => b.pixels - a.pixels || a.index - b.index)
}
