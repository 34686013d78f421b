import { make } from '../compiler/make.js'
import type { Pair } from '../compiler/node.js'
import { expectFeature, expectSize, expectTokens, expectWhole } from './expect.js'
import { Feature, Tokens } from './feature.js'
import { functionOrigin } from './scope.js'
import type { Stride } from './stride.js'

/** The positions of a feature, row by row: [batch, C, H, W] → [batch, H·W, C]. */
export function tokens<C extends number>(x: Feature<C>): Tokens<C> {
  const trace = expectFeature(x, 'tokens')
  const origin = functionOrigin('tokens')
  const sides = ['same', x.channels as number, 'rest'] as const
  const input = make('reshape', { input: x.value }, { sides }, origin)
  return new Tokens(make('transpose', { input }, { order: [0, 2, 1] }, origin), x.channels, trace)
}

/**
 * Tokens as a map, row by row: of the size of a feature that has as many positions, or of [h, w], which has a stride
 * of 0. [batch, H·W, C] → [batch, C, H, W].
 */
export function feature<C extends number>(x: Tokens<C>, size: Pair): Feature<C, 0>
export function feature<C extends number, S extends Stride>(
  x: Tokens<C>,
  size: Feature<number, S>,
): Feature<C, S>
export function feature(x: Tokens, size: Pair | Feature): Feature {
  const trace = expectTokens(x, 'feature')
  const origin = functionOrigin('feature')
  const input = make('transpose', { input: x.value }, { order: [0, 2, 1] }, origin)
  if (size instanceof Feature) {
    expectFeature(size, 'feature')
    const sides = ['same', x.channels, 'like', 'like'] as const
    const value = make('reshape', { input, like: size.value }, { sides }, origin)
    return new Feature(value, x.channels, size.stride, trace)
  }
  expectSize(size, 'a map of tokens')
  const value = make('reshape', { input }, { sides: ['same', x.channels, ...size] }, origin)
  return new Feature(value, x.channels, 0, trace)
}

/**
 * A feature cut into windows of size × size, each of which counts as an image of the batch; zeros around the centre
 * fill up what they do not divide: [batch, C, H, W] → [batch·⌈H/size⌉·⌈W/size⌉, size², C].
 * @throws {NetworkError} `open-size` when ONNX is written for an open height or width.
 */
export function windows<C extends number>(x: Feature<C>, size: number): Tokens<C> {
  const trace = expectFeature(x, 'windows')
  expectWindow(size)
  const value = make('windows', { input: x.value }, { size }, functionOrigin('windows'))
  return new Tokens(value, x.channels, trace)
}

/** Windows put together as a map again, of the size of the feature that was cut, without the zeros around it. */
export function fromWindows<C extends number, S extends Stride>(
  x: Tokens<C>,
  size: number,
  like: Feature<number, S>,
): Feature<C, S> {
  const trace = expectTokens(x, 'fromWindows')
  expectFeature(like, 'fromWindows')
  expectWindow(size)
  const inputs = { input: x.value, like: like.value }
  const value = make('fromWindows', inputs, { size }, functionOrigin('fromWindows'))
  return new Feature(value, x.channels, like.stride, trace)
}

export function expectWindow(size: unknown): void {
  expectWhole(
    'window',
    size,
    'the size of windows',
    'Give one whole number of positions, from 1: they are square.',
  )
}
