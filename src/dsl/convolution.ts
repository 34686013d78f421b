import { make } from '../compiler/make.js'
import type { Origin, Pair, Value } from '../compiler/node.js'
import {
  coarser,
  expectFeature,
  expectFlag,
  expectGroups,
  expectOptions,
  expectStep,
  expectTokens,
  expectVector,
  expectWhole,
  expectWidth,
  finer,
  type OptionNames,
} from './expect.js'
import { Feature, Tokens, Vector, type Width } from './feature.js'
import { fail, layerOrigin, type Named, parameterNode } from './scope.js'
import type { Coarser, Finer, Step, StepFrom, StepUpFrom, Stride } from './stride.js'
import { type PaddingOption, paddingOf, samePadding, sides } from './window.js'

export interface ConvOptions<K extends Step> extends Named {
  /** Its side, or [height, width]. */
  readonly kernel: number | Pair
  /** By how much it coarsens (1). */
  readonly stride?: K
  /** (1) */
  readonly groups?: number
  /** Steps between the elements of the kernel (1). */
  readonly dilation?: number
  /** Whether a bias is added (false). */
  readonly bias?: boolean
  /** Zeros on each side; by default as many as keep the grid: ceil(side / stride) positions remain. */
  readonly padding?: PaddingOption
}

const convOptions: OptionNames<ConvOptions<1>> = {
  kernel: true,
  stride: true,
  groups: true,
  dilation: true,
  bias: true,
  padding: true,
  name: true,
}

/**
 * A convolution to `channels` channels. [batch, C, H, W] → [batch, channels, ceil(H / stride), ceil(W / stride)].
 * Parameters: `weight` [channels, C / groups, kernel, kernel], `bias` [channels].
 * @throws {NetworkError} where widths, groups or kernel do not fit.
 */
export function conv<S extends Stride, D extends number, const K extends StepFrom<S> = 1>(
  x: Feature<number, S>,
  channels: D & Width<D>,
  options: ConvOptions<K>,
): Feature<D, Coarser<S, K>> {
  const trace = expectFeature(x, 'conv')
  expectOptions(options, convOptions, 'a convolution')
  expectWidth(channels, 'a convolution')
  const { groups = 1, dilation = 1, bias = false } = options
  const stride: unknown = options.stride ?? 1
  expectStep(stride, 'a convolution')
  expectWhole(
    'dilation',
    dilation,
    'the dilation of a convolution',
    'A dilation is a whole number from 1.',
  )
  expectGroups(groups, x.channels, channels, 'the convolution')
  const to = coarser(x.stride, stride, 'a convolution')
  const kernel = sides(options.kernel, 'a convolution')
  const padding =
    options.padding === 'same'
      ? samePadding(kernel, stride, dilation)
      : paddingOf(kernel, stride, dilation, options.padding)
  const origin = layerOrigin(options.name)
  const weight = parameterNode(
    origin,
    'weight',
    [channels, x.channels / groups, ...kernel],
    'weight',
  )
  const value = make(
    'conv',
    { input: x.value, weight, bias: biasOf(origin, bias, channels) },
    {
      strides: [stride, stride],
      padding,
      dilations: [dilation, dilation],
      groups,
      ...(options.padding === 'same' && { same: true }),
    },
    origin,
  )
  return new Feature(value, channels, to as Coarser<S, K>, trace)
}

export type DepthwiseOptions<K extends Step> = Omit<ConvOptions<K>, 'groups'>

/** A convolution of each channel by itself. Parameters: `weight` [C, 1, kernel, kernel], `bias` [C]. */
export function depthwise<C extends number, S extends Stride, const K extends StepFrom<S> = 1>(
  x: Feature<C, S>,
  options: DepthwiseOptions<K>,
): Feature<C, Coarser<S, K>> {
  expectFeature(x, 'depthwise')
  const { groups: _, ...known } = convOptions
  expectOptions(options, known, 'a depthwise convolution')
  return conv(x, x.channels as number, { ...options, groups: x.channels }) as Feature<
    C,
    Coarser<S, K>
  >
}

export interface ConvTransposeOptions<K extends Step> extends Named {
  readonly kernel: number
  /** By how much it refines. */
  readonly stride: K
  readonly groups?: number
  readonly bias?: boolean
}

const transposedOptions: OptionNames<ConvTransposeOptions<1>> = {
  kernel: true,
  stride: true,
  groups: true,
  bias: true,
  name: true,
}

/**
 * A transposed convolution. [batch, C, H, W] → [batch, channels, stride·H, stride·W].
 * Parameters: `weight` [C, channels / groups, kernel, kernel], `bias` [channels].
 */
export function convTranspose<S extends Stride, D extends number, const K extends StepUpFrom<S>>(
  x: Feature<number, S>,
  channels: D & Width<D>,
  options: ConvTransposeOptions<K>,
): Feature<D, Finer<S, K>> {
  const trace = expectFeature(x, 'convTranspose')
  expectOptions(options, transposedOptions, 'a transposed convolution')
  expectWidth(channels, 'a transposed convolution')
  const { kernel, groups = 1, bias = false } = options
  const stride: unknown = options.stride
  expectStep(stride, 'a transposed convolution')
  const to = finer(x.stride, stride, 'a transposed convolution')
  expectWhole(
    'kernel',
    kernel,
    'the kernel of a transposed convolution',
    'Give one whole number of pixels, from 1: it is square.',
  )
  if (kernel < stride)
    fail(
      'transposed-kernel',
      `a transposed convolution of kernel ${kernel} and stride ${stride}`,
      'Take a kernel of at least the stride.',
    )
  expectGroups(groups, x.channels, channels, 'the transposed convolution')
  // out = (in − 1)·stride − 2·padding + kernel + outputPadding is to be in·stride.
  const outputPadding = (kernel - stride) % 2
  if (outputPadding >= stride)
    fail(
      'kernel-parity',
      `a transposed convolution of kernel ${kernel} and stride ${stride} has no centre`,
      'Take an odd kernel.',
    )
  const padding = (kernel - stride + outputPadding) / 2
  const origin = layerOrigin(options.name)
  const weight = parameterNode(
    origin,
    'weight',
    [x.channels, channels / groups, kernel, kernel],
    'weight',
  )
  const value = make(
    'convTranspose',
    { input: x.value, weight, bias: biasOf(origin, bias, channels) },
    {
      strides: [stride, stride],
      padding: [padding, padding, padding, padding],
      outputPadding: [outputPadding, outputPadding],
      dilations: [1, 1],
      groups,
    },
    origin,
  )
  return new Feature(value, channels, to as Finer<S, K>, trace)
}

export interface LinearOptions extends Named {
  /** Whether a bias is added (true). */
  readonly bias?: boolean
}

const linearOptions: OptionNames<LinearOptions> = { bias: true, name: true }

/** A vector, or tokens, of D channels. */
type Widened<X extends Vector | Tokens, D extends number> = X extends Tokens ? Tokens<D> : Vector<D>

/**
 * A linear layer, with a bias unless told, on a vector or on each of some tokens. Parameters: `weight` [channels, C],
 * `bias` [channels].
 */
export function linear<X extends Vector | Tokens, D extends number>(
  x: X,
  channels: D & Width<D>,
  options: LinearOptions = {},
): Widened<X, D> {
  const trace = x instanceof Tokens ? expectTokens(x, 'linear') : expectVector(x, 'linear')
  expectOptions(options, linearOptions, 'a linear layer')
  expectWidth(channels, 'a linear layer')
  const origin = layerOrigin(options.name)
  const weight = parameterNode(origin, 'weight', [channels, x.channels], 'weight')
  const bias = biasOf(origin, options.bias ?? true, channels)
  const value = make('linear', { input: x.value, weight, bias }, {}, origin)
  const Made = x instanceof Tokens ? Tokens : Vector
  return new Made(value, channels, trace) as Widened<X, D>
}

function biasOf(origin: Origin, bias: boolean, channels: number): Value | undefined {
  expectFlag(bias, 'the bias of a layer')
  return bias ? parameterNode(origin, 'bias', [channels], 'bias') : undefined
}
