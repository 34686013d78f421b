import { make } from '../compiler/make.js'
import type { Pair } from '../compiler/node.js'
import {
  coarser,
  expectFeature,
  expectFlag,
  expectGroups,
  expectOneOf,
  expectOptions,
  expectSize,
  expectStep,
  type OptionNames,
} from './expect.js'
import { Feature, Vector, type Width } from './feature.js'
import { functionOrigin, layerOrigin, type Named } from './scope.js'
import type { Coarser, Step, StepFrom, Stride } from './stride.js'
import { paddingOf, sides } from './window.js'

export interface PoolOptions<K extends Step> extends Named {
  readonly kernel: number
  /** By how much it coarsens. */
  readonly stride: K
  /** Padding on each side; by default as for a convolution. */
  readonly padding?: number
}

export interface AveragePoolOptions<K extends Step> extends PoolOptions<K> {
  /** Whether the zeros of the padding are counted (false). */
  readonly countPadding?: boolean
}

const maxOptions: OptionNames<PoolOptions<1>> = {
  kernel: true,
  stride: true,
  padding: true,
  name: true,
}
const averageOptions: OptionNames<AveragePoolOptions<1>> = { ...maxOptions, countPadding: true }

/** The largest value of each window. */
export function maxPool<C extends number, S extends Stride, const K extends StepFrom<S>>(
  x: Feature<C, S>,
  options: PoolOptions<K>,
): Feature<C, Coarser<S, K>> {
  expectOptions(options, maxOptions, 'a max pooling')
  return pool(x, 'max', options, false)
}

/** The mean of each window. */
export function averagePool<C extends number, S extends Stride, const K extends StepFrom<S>>(
  x: Feature<C, S>,
  options: AveragePoolOptions<K>,
): Feature<C, Coarser<S, K>> {
  expectOptions(options, averageOptions, 'an average pooling')
  return pool(x, 'average', options, options.countPadding ?? false)
}

function pool<C extends number, S extends Stride, K extends Step>(
  x: Feature<C, S>,
  operator: 'average' | 'max',
  options: PoolOptions<K>,
  countPadding: boolean,
): Feature<C, Coarser<S, K>> {
  const trace = expectFeature(x, `${operator}Pool`)
  expectFlag(countPadding, 'countPadding of an average pooling')
  const stride: unknown = options.stride
  expectStep(stride, 'a pooling')
  const to = coarser(x.stride, stride, 'a pooling')
  const kernel = sides(options.kernel, 'a pooling')
  const padding = paddingOf(kernel, stride, 1, options.padding)
  const value = make(
    'pool',
    { input: x.value },
    { operator, kernel, strides: [stride, stride], padding, countPadding },
    layerOrigin(options.name),
  )
  return new Feature(value, x.channels, to as Coarser<S, K>, trace)
}

/**
 * The mean of each of h × w windows that cover a feature: of [h, w], or of as many as another feature has positions.
 * Window i along a side is from floor(i·side/h) until ceil((i + 1)·side/h), as torch.nn.AdaptiveAvgPool2d has it. What
 * has a size of its own is of stride 0: it goes through layers like any other, and is resized to a feature.
 * @throws {NetworkError} `open-size` when ONNX is written, where neither the windows nor the input's size is known.
 */
export function adaptivePool<C extends number>(x: Feature<C>, size: Pair): Feature<C, 0>
export function adaptivePool<C extends number, S extends Stride>(
  x: Feature<C>,
  size: Feature<number, S>,
): Feature<C, S>
export function adaptivePool(x: Feature, size: Pair | Feature): Feature {
  const trace = expectFeature(x, 'adaptivePool')
  const origin = functionOrigin('adaptivePool')
  if (size instanceof Feature) {
    expectFeature(size, 'adaptivePool')
    const value = make('adaptivePool', { input: x.value, like: size.value }, {}, origin)
    return new Feature(value, x.channels, size.stride, trace)
  }
  expectSize(size, 'an adaptive pooling')
  return new Feature(
    make('adaptivePool', { input: x.value }, { size }, origin),
    x.channels,
    0,
    trace,
  )
}

const operators = { average: true, max: true }

/** One number for each channel: the mean (or the largest value) over all positions. */
export function globalPool<C extends number>(
  x: Feature<C>,
  operator: 'average' | 'max' = 'average',
): Vector<C> {
  const trace = expectFeature(x, 'globalPool')
  expectOneOf('pool-operator', operator, operators, 'a global pooling by')
  const origin = functionOrigin('globalPool')
  const pooled = make('globalPool', { input: x.value }, { operator }, origin)
  return new Vector(
    make('reshape', { input: pooled }, { sides: ['same', x.channels] }, origin),
    x.channels,
    trace,
  )
}

/**
 * To `channels` channels, each the mean of C / channels that follow one another: the channels of PaddleSeg's U-HRNet
 * are halved so.
 * @throws {NetworkError} `groups-in` where `channels` do not divide the width that comes in.
 */
export function averageChannels<D extends number, S extends Stride>(
  x: Feature<number, S>,
  channels: D & Width<D>,
): Feature<D, S> {
  const trace = expectFeature(x, 'averageChannels')
  expectGroups(channels, x.channels, channels, 'averageChannels')
  const group = x.channels / channels
  const origin = functionOrigin('averageChannels')
  const sides = ['same', channels, group, 'rest'] as const
  const input = make('reshape', { input: x.value }, { sides }, origin)
  const means = make(
    'pool',
    { input },
    {
      operator: 'average',
      kernel: [group, 1],
      strides: [group, 1],
      padding: [0, 0, 0, 0],
      countPadding: false,
    },
    origin,
  )
  const back = ['same', channels, 'like', 'like'] as const
  const value = make('reshape', { input: means, like: x.value }, { sides: back }, origin)
  return new Feature(value, channels, x.stride, trace)
}
