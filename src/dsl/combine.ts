import { type Dimension, equalDimensions, printShape } from '../compiler/dimension.js'
import { make } from '../compiler/make.js'
import type { Value } from '../compiler/node.js'
import { describe, expectFeature, expectList, expectTensor, expectWidth } from './expect.js'
import { Feature, Tensor, Vector, type Widths } from './feature.js'
import type { RuleName } from './rules.js'
import { fail, functionOrigin } from './scope.js'
import type { Stride } from './stride.js'

/**
 * The sum of features of one width and one stride.
 * @throws {NetworkError} where widths or strides differ.
 */
export function add<C extends number, S extends Stride>(
  first: Feature<C, S>,
  ...rest: (Feature<NoInfer<C>, NoInfer<S>> | Tensor)[]
): Feature<C, S> {
  const trace = expectFeature(first, 'add')
  let value: Value = first.value
  for (const other of rest) {
    expectTensor(other, 'add')
    if (other instanceof Feature) {
      expectSameStride('sum-stride', 'a sum', first, other)
      expectSameWidth('sum-width', 'a sum', first, other)
    } else if (other instanceof Tensor) expectBroadcast(value, other, `a sum of ${describe(first)}`)
    else
      fail(
        'not-a-feature',
        `a sum of ${describe(first)} and ${describe(other)}`,
        'Sums are of features.',
      )
    value = make('add', { left: value, right: other.value }, {}, functionOrigin('add'))
  }
  return new Feature(value, first.channels, first.stride, trace)
}

/**
 * The product of a feature with features like it, or with one number for each of its channels: a vector, or a feature of
 * one position, as `adaptivePool(x, [1, 1])` makes.
 */
export function multiply<C extends number, S extends Stride>(
  first: Feature<C, S>,
  ...rest: (Feature<NoInfer<C>, NoInfer<S> | 0> | Vector<NoInfer<C>> | Tensor)[]
): Feature<C, S> {
  const trace = expectFeature(first, 'multiply')
  let value: Value = first.value
  for (const other of rest) {
    expectTensor(other, 'multiply')
    if (other instanceof Feature && !isOnePosition(other))
      expectSameStride('product-stride', 'a product', first, other)
    if (other instanceof Tensor) expectBroadcast(value, other, `a product of ${describe(first)}`)
    else expectSameWidth('product-width', 'a product', first, other)
    const origin = functionOrigin('multiply')
    const right =
      other instanceof Vector
        ? make('reshape', { input: other.value }, { sides: ['same', other.channels, 1, 1] }, origin)
        : other.value
    value = make('multiply', { left: value, right }, {}, origin)
  }
  return new Feature(value, first.channels, first.stride, trace)
}

/**
 * Features of one stride, or vectors, one after the other along the channels. TypeScript cannot add: the
 * width of the result is a `number`; `stateWidth` gives it back.
 */
export function concat<S extends Stride>(
  first: Feature<number, S>,
  ...rest: Feature<number, NoInfer<S>>[]
): Feature<number, S>
export function concat(first: Vector, ...rest: Vector[]): Vector
export function concat(first: Feature | Vector, ...rest: (Feature | Vector)[]): Feature | Vector {
  expectTensor(first, 'concat')
  for (const other of rest) {
    expectTensor(other, 'concat')
    if (other.kind !== first.kind)
      fail(
        'concat-kind',
        `a concat of ${describe(first)} and ${describe(other)}`,
        'Pool the feature, or keep both as features.',
      )
    if (other instanceof Feature && first instanceof Feature)
      expectSameStride('concat-stride', 'a concat', first, other)
  }
  const all = [first, ...rest]
  const value = make(
    'concat',
    { parts: all.map((x) => x.value) },
    { axis: 1 },
    functionOrigin('concat'),
  )
  const channels = all.reduce((sum, x) => sum + x.channels, 0)
  return first instanceof Feature
    ? new Feature(value, channels, first.stride, first.trace)
    : new Vector(value, channels, first.trace)
}

/** A feature cut along its channels into parts of the given widths, which add up to its own. */
export function split<S extends Stride, const W extends readonly number[]>(
  x: Feature<number, S>,
  widths: W & Widths<W>,
): { readonly [I in keyof W]: Feature<W[I] & number, S> } {
  const trace = expectFeature(x, 'split')
  expectList(widths, 'the widths of a split')
  for (const width of widths) expectWidth(width, 'a part of a split')
  const total = widths.reduce((a, b) => a + b, 0)
  if (total !== x.channels)
    fail(
      'split-sum',
      `a split into ${widths.join(' + ')} = ${total} of ${x.channels} channels`,
      'The parts add up to the width that is split.',
    )
  const origin = functionOrigin('split')
  const of = make('split', { input: x.value }, { axis: 1, sizes: widths }, origin)
  return widths.map(
    (width, index) =>
      new Feature(make('result', { of }, { index }, origin), width, x.stride, trace),
  ) as { readonly [I in keyof W]: Feature<W[I] & number, S> }
}

function isOnePosition({ stride, value }: Feature): boolean {
  return stride === 0 && value.type.shape.slice(2).every((side) => side === 1)
}

function expectSameStride(rule: RuleName, what: string, first: Feature, other: Feature): void {
  if (other.stride !== first.stride)
    fail(
      rule,
      `${what} of ${describe(first)} and ${describe(other)}: strides differ`,
      first.stride && other.stride
        ? `Resize one of them: resize(x, ${first.stride}).`
        : 'Resize the one to the other: resize(x, y, …).',
    )
}

function expectSameWidth(
  rule: RuleName,
  what: string,
  first: Feature,
  other: Feature | Vector,
): void {
  if (other.channels !== first.channels)
    fail(
      rule,
      `${what} of ${describe(first)} and ${describe(other)}: widths differ`,
      `Bring one to the other's width by a convolution.`,
    )
}

/** A tensor may be spread over what it is added to or multiplied with, which is never spread over the tensor. */
export function expectBroadcast(x: Value, { value: { type } }: Tensor, what: string): void {
  const both = `${what} and a tensor of ${printShape(type.shape)}`
  if (type.element !== x.type.element)
    fail('tensor-element', `${both} ${type.element}`, `Cast it to ${x.type.element}.`)
  const sides = x.type.shape.slice(-type.shape.length)
  const fits =
    type.shape.length <= 4 &&
    type.shape.every((d, axis) => d === 1 || equalDimensions(d, sides[axis] as Dimension))
  if (!fits)
    fail(
      'tensor-shape',
      both,
      `Sides match from the right: each is 1, or that of ${printShape(x.type.shape)}.`,
    )
}
