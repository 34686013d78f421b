import { elementCount, printShape } from './dimension.js'
import type { Kinds, TensorType } from './node.js'
import { ShapeError } from './shape-error.js'
import { expectElements, expectFloats, mapSides, sameSide } from './sides.js'

/**
 * The types of what chooses among elements and boxes. Of a picture of any size, which is not built, there are as many
 * as there may be at most.
 */

export function topK(
  { input: { type } }: Kinds['topK']['inputs'],
  { most }: Kinds['topK']['attributes'],
): readonly TensorType[] {
  expectFloats(type, 'a topK')
  const shape = [Math.min(most, elementCount(type.shape) ?? most)]
  return [
    { element: type.element, shape },
    { element: 'int64', shape },
  ]
}

export function gather(
  { input: { type }, places }: Kinds['gather']['inputs'],
  { each }: Kinds['gather']['attributes'],
): TensorType {
  const { element, shape } = type
  const [count] = places.type.shape
  if (places.type.element !== 'int64' || count === undefined || places.type.shape.length !== 1)
    throw new ShapeError(
      `places of ${places.type.element} ${printShape(places.type.shape)}`,
      'Give them as int64 along one axis.',
    )
  const last = shape.at(-1)
  if (last === undefined || shape.length < 2 || (each && !sameSide(shape[0], count)))
    throw new ShapeError(
      `rows of ${printShape(shape)} at ${printShape([count])}`,
      each ? 'Give one place for each entry.' : 'Rows are along the last of two axes or more.',
    )
  return { element, shape: each ? [count, ...shape.slice(2)] : [count, last] }
}

export function wholeDivide({ input: { type } }: Kinds['wholeDivide']['inputs']): TensorType {
  if (!type.element.startsWith('int'))
    throw new ShapeError(`a whole division of ${type.element}`, 'Divide whole numbers.')
  return type
}

export function anchors(
  { like }: Kinds['anchors']['inputs'],
  { boxes }: Kinds['anchors']['attributes'],
): TensorType {
  const [, , height, width] = onePicture(like.type)
  return { element: 'float32', shape: [height, width, boxes.length, 4] }
}

export function decodeBoxes({
  boxes,
  deltas,
  picture,
}: Kinds['decodeBoxes']['inputs']): TensorType {
  onePicture(picture.type)
  expectElements(boxes.type, deltas.type, 'boxes and deltas')
  const count = expectBoxes(boxes.type)
  const { shape } = deltas.type
  if (
    !(shape.length === 2 || shape.length === 3) ||
    !sameSide(shape[0], count) ||
    shape.at(-1) !== 4
  )
    throw new ShapeError(
      `deltas of ${printShape(shape)} for boxes of ${printShape(boxes.type.shape)}`,
      'Give four for each box, or four for each class of each box.',
    )
  return deltas.type
}

export function roiAlign(
  { levels, boxes }: Kinds['roiAlign']['inputs'],
  { side }: Kinds['roiAlign']['attributes'],
): TensorType {
  const count = expectBoxes(boxes.type)
  const [channels, ...others] = levels.map(({ type }) => {
    expectElements(type, boxes.type, 'levels and boxes')
    return onePicture(type)[1]
  })
  if (channels === undefined || others.some((other) => !sameSide(other, channels)))
    throw new ShapeError(
      `boxes out of levels ${levels.map(({ type }) => printShape(type.shape)).join(', ')}`,
      'Give at least one level, all of as many channels.',
    )
  return { element: boxes.type.element, shape: [count, channels, side, side] }
}

export function nonMaxSuppression({
  boxes,
  scores,
}: Kinds['nonMaxSuppression']['inputs']): TensorType {
  expectElements(boxes.type, scores.type, 'boxes and scores')
  expectFloats(scores.type, 'a suppression')
  const [sets, count, four] = boxes.type.shape
  const { shape } = scores.type
  if (shape.length !== 3 || four !== 4 || !sameSide(shape[0], sets) || !sameSide(shape[2], count))
    throw new ShapeError(
      `boxes of ${printShape(boxes.type.shape)} with scores of ${printShape(shape)}`,
      'They are [sets, boxes, 4] and [sets, classes, boxes].',
    )
  return scores.type
}

function expectBoxes({ shape }: TensorType): TensorType['shape'][number] {
  const [count] = shape
  if (count === undefined || shape.length !== 2 || shape[1] !== 4)
    throw new ShapeError(`boxes of ${printShape(shape)}`, 'Boxes are [count, 4].')
  return count
}

/** The sides of a map of one picture: boxes do not say of which picture they are. */
function onePicture(type: TensorType): ReturnType<typeof mapSides> {
  const sides = mapSides(type)
  if (typeof sides[0] === 'number' && sides[0] !== 1)
    throw new ShapeError(
      `boxes in a batch of ${sides[0]} pictures`,
      'Take one picture at a time: --batch 1.',
    )
  return sides
}
