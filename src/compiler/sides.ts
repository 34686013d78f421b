import {
  type Dimension,
  equalDimensions,
  equalShapes,
  floorDivide,
  leastOf,
  printDimension,
  printShape,
  scaleDimension,
} from './dimension.js'
import type { TensorType } from './node.js'
import { ShapeError } from './shape-error.js'

/** The sides of a map: [batch, channels, height, width]. */
export function mapSides({
  shape,
}: TensorType): readonly [Dimension, Dimension, Dimension, Dimension] {
  const [batch, channels, height, width] = shape
  if (
    shape.length !== 4 ||
    batch === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined
  )
    throw new ShapeError(
      `a map of ${printShape(shape)}`,
      'A map is [batch, channels, height, width].',
    )
  return [batch, channels, height, width]
}

/** Rows and columns: the last two sides. */
export function matrixSides({ shape }: TensorType): readonly [Dimension, Dimension] {
  const [rows, columns] = shape.slice(-2)
  if (rows === undefined || columns === undefined)
    throw new ShapeError(`a matrix of ${printShape(shape)}`, 'A matrix has rows and columns.')
  return [rows, columns]
}

/** The sides of a weight, which are numbers. */
export function weightSides(type: TensorType, rank: 2): [number, number]
export function weightSides(type: TensorType, rank: 4): [number, number, number, number]
export function weightSides({ shape }: TensorType, rank: number): number[] {
  const sides = shape.filter((d) => typeof d === 'number')
  if (shape.length !== rank || sides.length !== rank)
    throw new ShapeError(
      `a weight of ${printShape(shape)}`,
      `A weight here has ${rank} sides, all numbers.`,
    )
  return sides
}

/** Checks that there is one number for each channel. */
export function expectChannels({ shape }: TensorType, channels: number, name: string): void {
  if (shape.length !== 1 || shape[0] !== channels)
    throw new ShapeError(
      `a ${name} of ${printShape(shape)} for ${channels} channels`,
      `Make it [${channels}].`,
    )
}

/** Whether two sides are there and equal. */
export function sameSide(a: Dimension | undefined, b: Dimension | undefined): boolean {
  return a !== undefined && b !== undefined && equalDimensions(a, b)
}

/** floor((side + padding − dilation·(kernel − 1) − 1) / stride) + 1, the rule of convolution and pooling. */
export function windowedSide(
  d: Dimension,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): Dimension {
  const reach = dilation * (kernel - 1) + 1
  if (reach === 1 && stride === 1 && padding === 0) return d
  const side = floorDivide(floorDivide(d, padding - reach, stride), 1, 1)
  if (leastOf(side) < 1)
    throw new ShapeError(
      `a side of ${printDimension(d)} is too small for a window of ${reach} (padding ${padding})`,
      'Take a larger input, or one level fewer.',
    )
  return side
}

/** A side times a whole number. */
export function scaledSide(d: Dimension, factor: number): Dimension {
  const side = scaleDimension(d, factor)
  if (side === undefined)
    throw new ShapeError(
      `${factor} times ${printDimension(d)} is no known size`,
      'Resize to the feature whose size is meant, or let the input be a multiple of 32.',
    )
  return side
}

/** floor(side·times / over). */
export function scaledBy(d: Dimension, times: number, over: number): Dimension {
  return floorDivide(scaledSide(d, times), 0, over)
}

/** The sum of two sides, of which one at least is a number. */
export function addedSide(a: Dimension, b: Dimension): Dimension {
  if (typeof b === 'number') return floorDivide(a, b, 1)
  if (typeof a === 'number') return floorDivide(b, a, 1)
  throw new ShapeError(
    `${printDimension(a)} + ${printDimension(b)} is no known size`,
    'Concat along another axis.',
  )
}

/** Checks that two operands have one element type. */
export function expectElements(a: TensorType, b: TensorType, what: string): void {
  if (a.element !== b.element)
    throw new ShapeError(
      `${what} of ${a.element} and ${b.element}`,
      'Bring one to the other by Cast.',
    )
}

/** Checks that what is computed with has fractions. */
export function expectFloats({ element }: TensorType, what: string): void {
  if (!element.startsWith('float'))
    throw new ShapeError(`${what} of ${element}`, 'It is computed of floating-point numbers.')
}

/** Checks that a scale and its zero are one number each, or one for each place along an axis. */
export function expectScale(
  { shape }: TensorType,
  scale: TensorType,
  zero: TensorType,
  axis: number,
): void {
  expectFloats(scale, 'a scale')
  const fits = ({ shape: sides }: TensorType): boolean =>
    sides.length === 0 || (sides.length === 1 && sameSide(sides[0], shape[axis]))
  if (!fits(scale) || !equalShapes(scale.shape, zero.shape))
    throw new ShapeError(
      `a scale of ${printShape(scale.shape)} and a zero of ${printShape(zero.shape)} for axis ${axis} of ${printShape(shape)}`,
      'Give one number each, or one for each place along the axis.',
    )
}

/** A side of a map, which has at least one position. */
export function atLeastOne(side: Dimension): Dimension {
  if (leastOf(side) < 1)
    throw new ShapeError(
      `a map of ${printDimension(side)} positions on one side`,
      'Take a larger input, or one level fewer.',
    )
  return side
}

/** The type of an operation element by element; sides broadcast from the right. */
export function broadcastType(left: TensorType, right: TensorType, what: string): TensorType {
  expectElements(left, right, what)
  const rank = Math.max(left.shape.length, right.shape.length)
  const at = ({ shape }: TensorType, axis: number): Dimension =>
    shape[axis - rank + shape.length] ?? 1
  const shape = Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [at(left, axis), at(right, axis)]
    if (b === 1 || equalDimensions(a, b)) return a
    if (a === 1) return b
    throw new ShapeError(
      `${what} of ${printShape(left.shape)} and ${printShape(right.shape)}: ${printDimension(a)} is not ${printDimension(b)}`,
      'Resize one to the other, or take an input whose sides every level divides.',
    )
  })
  return { element: left.element, shape }
}
