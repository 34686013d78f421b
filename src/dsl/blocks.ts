import { describe, expectFeature, expectStep, expectWhole, expectWidth } from './expect.js'
import type { Feature } from './feature.js'
import { add, batchNorm, type ConvOptions, conv, relu } from './layers.js'
import { fail, scope } from './scope.js'
import type { Coarser, Step, StepFrom, Stride } from './stride.js'

/** Convolution, batch norm: the pair that is everywhere. Unnamed, they take two numbers of their scope. */
export function convBn<S extends Stride, D extends number, const K extends Step = 1>(
  x: Feature<number, S>,
  channels: D,
  options: ConvOptions<K> & { readonly stride?: K & StepFrom<S> },
): Feature<D, Coarser<S, K>> {
  return batchNorm(conv<S, D, K>(x, channels, options))
}

/** Convolution, batch norm, ReLU. */
export function convBnRelu<S extends Stride, D extends number, const K extends Step = 1>(
  x: Feature<number, S>,
  channels: D,
  options: ConvOptions<K> & { readonly stride?: K & StepFrom<S> },
): Feature<D, Coarser<S, K>> {
  return relu(convBn<S, D, K>(x, channels, options))
}

/** A residual unit: takes any width, puts out `channels`, coarsens by K. */
export interface Unit<D extends number = number, K extends Step = 1> {
  <S extends Stride>(x: Feature<number, S>): Feature<D, Coarser<S, K>>
  readonly channels: D
}

/** Makes a unit of a given output width: what a branch is built of. */
export type UnitOf = <D extends number>(channels: D) => Unit<D>

export interface UnitOptions<K extends Step> {
  /** By how much the unit coarsens (1). */
  readonly stride?: K
}

/**
 * Two 3×3 convolutions and a shortcut (He et al. 2016, ResNet, fig. 5 left): the unit of HRNet's branches.
 * Where width or stride change, the shortcut is a 1×1 projection, `downsample`.
 */
export function basic<D extends number, const K extends Step = 1>(
  channels: D,
  options: UnitOptions<K> = {},
): Unit<D, K> {
  const stride = unitStride(channels, options)
  return unit(channels, <S extends Stride>(x: Feature<number, S>) => {
    const start = x as Feature<number, Stride>
    const inner = relu(
      batchNorm(conv(start, channels, { kernel: 3, stride, name: 'conv1' }), { name: 'bn1' }),
      { name: 'relu1' },
    )
    const outer = batchNorm(conv(inner, channels, { kernel: 3, name: 'conv2' }), { name: 'bn2' })
    return closed(start, outer, stride)
  })
}

/**
 * 1×1 to a quarter of the width, 3×3 (which coarsens, if asked), 1×1 back, and a shortcut (fig. 5 right).
 * @throws {NetworkError} `unit-expansion` where the width is no multiple of 4.
 */
export function bottleneck<D extends number, const K extends Step = 1>(
  channels: D,
  options: UnitOptions<K> = {},
): Unit<D, K> {
  const stride = unitStride(channels, options)
  if (channels % 4 !== 0)
    fail(
      'unit-expansion',
      `a bottleneck unit of ${channels} channels`,
      'Its width is 4 times that of its middle: take a multiple of 4.',
    )
  const middle = channels / 4
  return unit(channels, <S extends Stride>(x: Feature<number, S>) => {
    const start = x as Feature<number, Stride>
    const narrow = relu(
      batchNorm(conv(start, middle, { kernel: 1, name: 'conv1' }), { name: 'bn1' }),
      { name: 'relu1' },
    )
    const spatial = relu(
      batchNorm(conv(narrow, middle, { kernel: 3, stride, name: 'conv2' }), { name: 'bn2' }),
      { name: 'relu2' },
    )
    const wide = batchNorm(conv(spatial, channels, { kernel: 1, name: 'conv3' }), { name: 'bn3' })
    return closed(start, wide, stride)
  })
}

/**
 * A unit of one's own: a function of a feature that puts out `channels`.
 * @throws {NetworkError} `unit-width` at use, where it puts out another width.
 */
export function unit<D extends number, K extends Step = 1>(
  channels: D,
  body: <S extends Stride>(x: Feature<number, S>) => Feature<number, Stride>,
): Unit<D, K> {
  expectWidth(channels, 'a unit')
  const apply = <S extends Stride>(x: Feature<number, S>): Feature<D, Coarser<S, K>> => {
    expectFeature(x, 'a unit')
    const y = body(x)
    expectFeature(y, 'the result of a unit')
    if (y.channels !== channels)
      fail(
        'unit-width',
        `a unit of ${channels} channels puts out ${describe(y)}`,
        `Let it end in ${channels} channels.`,
      )
    return y as Feature<D, Coarser<S, K>>
  }
  return Object.assign(apply, { channels })
}

/** `count` units one after another, in scopes 0, 1, …; the first may come from another width. */
export function repeat<D extends number, S extends Stride>(
  count: number,
  one: Unit<D>,
  x: Feature<number, S>,
): Feature<D, S> {
  expectWhole('repeat', count, 'the number of units in a repeat', 'Repeat at least once.')
  expectFeature(x, 'repeat')
  let y: Feature<number, S> = x
  for (let index = 0; index < count; index++) {
    const next = scope(index, () => one(y))
    if ((next.stride as Stride) !== x.stride)
      fail(
        'unit-stride',
        `a repeat of units that lead from stride ${x.stride} to ${next.stride}`,
        'Repeat units of stride 1; put the one that coarsens before them.',
      )
    y = next as unknown as Feature<number, S>
  }
  return y as Feature<D, S>
}

/** Adds the shortcut of a residual unit, projected where width or stride differ, and ends it in ReLU. */
function closed(start: Feature, end: Feature, stride: Step): Feature {
  const same = start.channels === end.channels && start.stride === end.stride
  const shortcut = same
    ? start
    : scope('downsample', () => convBn(start, end.channels, { kernel: 1, stride }))
  return relu(add(end, shortcut), { name: 'relu' })
}

function unitStride<K extends Step>(channels: number, { stride }: UnitOptions<K>): Step {
  expectWidth(channels, 'a unit')
  expectStep(stride ?? 1, 'a unit')
  return stride ?? 1
}
