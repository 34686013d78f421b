import { make } from '../compiler/make.js'
import type { ActivationFunction, Origin, Padding, Pair, Value } from '../compiler/node.js'
import {
  coarser,
  describe,
  expectFeature,
  expectGroups,
  expectStep,
  expectTensor,
  expectVector,
  expectWhole,
  expectWidth,
  isWhole,
} from './expect.js'
import { Feature, Tensor, type Tensorial, Vector } from './feature.js'
import {
  currentTrace,
  fail,
  functionOrigin,
  layerOrigin,
  parameterNode,
  type Trace,
} from './scope.js'
import {
  type Coarser,
  type Finer,
  isStride,
  type Step,
  type StepFrom,
  type StepUpFrom,
  type Stride,
  strides,
} from './stride.js'

/** Of every layer that holds parameters. */
export interface Named {
  /** What its parameters are called after; the next number of its scope otherwise. */
  readonly name?: string
}

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
  readonly padding?: number | Pair
}

/**
 * A convolution to `channels` channels. [batch, C, H, W] → [batch, channels, ceil(H / stride), ceil(W / stride)].
 * Parameters: `weight` [channels, C / groups, kernel, kernel], `bias` [channels].
 * @throws {NetworkError} where widths, groups or kernel do not fit.
 */
export function conv<S extends Stride, D extends number, const K extends Step = 1>(
  x: Feature<number, S>,
  channels: D,
  options: ConvOptions<K> & { readonly stride?: K & StepFrom<S> },
): Feature<D, Coarser<S, K>> {
  const trace = expectFeature(x, 'conv')
  expectWidth(channels, 'a convolution')
  const { stride = 1, groups = 1, dilation = 1, bias = false } = options
  expectStep(stride, 'a convolution')
  expectWhole(
    'dilation',
    dilation,
    'the dilation of a convolution',
    'A dilation is a whole number from 1.',
  )
  expectGroups(groups, x.channels, channels, 'the convolution')
  const to = coarser(x.stride, stride as Step, 'a convolution')
  const kernel = sides(options.kernel, 'a convolution')
  const padding = paddingOf(kernel, stride, dilation, options.padding)
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
    { strides: [stride, stride], padding, dilations: [dilation, dilation], groups },
    origin,
  )
  return new Feature(value, channels, to as Coarser<S, K>, trace)
}

export interface ConvTransposeOptions<K extends Step> extends Named {
  readonly kernel: number
  /** By how much it refines. */
  readonly stride: K
  readonly groups?: number
  readonly bias?: boolean
}

/**
 * A transposed convolution. [batch, C, H, W] → [batch, channels, stride·H, stride·W].
 * Parameters: `weight` [C, channels / groups, kernel, kernel], `bias` [channels].
 */
export function convTranspose<S extends Stride, D extends number, const K extends Step>(
  x: Feature<number, S>,
  channels: D,
  options: ConvTransposeOptions<K> & { readonly stride: K & StepUpFrom<S> },
): Feature<D, Finer<S, K>> {
  const trace = expectFeature(x, 'convTranspose')
  expectWidth(channels, 'a transposed convolution')
  const { kernel, groups = 1, bias = false } = options
  const stride: number = options.stride
  expectStep(stride, 'a transposed convolution')
  const to = finer(x.stride, stride, 'a transposed convolution')
  const pair = sides(kernel, 'a transposed convolution')
  if (kernel < stride)
    fail(
      'transposed-kernel',
      `a transposed convolution of kernel ${kernel} and stride ${stride}`,
      'Take a kernel of at least the stride.',
    )
  expectGroups(groups, x.channels, channels, 'the transposed convolution')
  // out = (in − 1)·stride − 2·padding + kernel + outputPadding is to be in·stride.
  const outputPadding = (kernel - stride) % 2
  const padding = (kernel - stride + outputPadding) / 2
  const origin = layerOrigin(options.name)
  const weight = parameterNode(origin, 'weight', [x.channels, channels / groups, ...pair], 'weight')
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

/**
 * Batch norm by its running statistics: scale·(x − mean)/sqrt(variance + epsilon) + shift, per channel.
 * Parameters: `weight`, `bias`, `running_mean`, `running_var`, all [C].
 */
export function batchNorm<F extends Feature | Vector>(
  x: F,
  options: Named & { readonly epsilon?: number } = {},
): F {
  expectTensor(x, 'batchNorm')
  if (x instanceof Tensor)
    fail('not-a-feature', 'batchNorm gets a tensor', 'Give it a feature or a vector.')
  const { epsilon = 1e-5 } = options
  if (!(epsilon > 0))
    fail(
      'epsilon',
      `the epsilon of a batch norm is ${epsilon}`,
      'Take a small number above 0, such as 1e-5.',
    )
  const origin = layerOrigin(options.name)
  const shape = [x.channels]
  const value = make(
    'batchNorm',
    {
      input: x.value,
      scale: parameterNode(origin, 'weight', shape, 'normScale'),
      shift: parameterNode(origin, 'bias', shape, 'normShift'),
      mean: parameterNode(origin, 'running_mean', shape, 'normMean'),
      variance: parameterNode(origin, 'running_var', shape, 'normVariance'),
    },
    { epsilon },
    origin,
  )
  return like(x, value)
}

/** max(x, 0). */
export function relu<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'relu' }, options)
}

/** min(max(x, 0), 6). */
export function relu6<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'relu6' }, options)
}

/** x where positive, slope·x elsewhere (0.01). */
export function leakyRelu<F extends Tensorial>(
  x: F,
  options: Named & { readonly slope?: number } = {},
): F {
  const { slope = 0.01 } = options
  if (!Number.isFinite(slope))
    fail('slope', `the slope of a leaky ReLU is ${slope}`, 'Take a number such as 0.01.')
  return activation(x, { name: 'leakyRelu', slope }, options)
}

/** 1 / (1 + e^−x). */
export function sigmoid<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'sigmoid' }, options)
}

export function tanh<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'tanh' }, options)
}

/** min(max(x / 6 + 1/2, 0), 1). */
export function hardSigmoid<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'hardSigmoid' }, options)
}

/** x · hardSigmoid(x). */
export function hardSwish<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'hardSwish' }, options)
}

/** x · sigmoid(x), also called Swish. */
export function silu<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'silu' }, options)
}

/** x · Φ(x), exact: Φ by the error function. */
export function gelu<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'gelu' }, options)
}

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
      const both = `${describe(first)} and ${describe(other)}`
      if (other.stride !== first.stride)
        fail(
          'sum-stride',
          `a sum of ${both}: strides differ`,
          `Resize one of them: resize(x, ${first.stride}).`,
        )
      if (other.channels !== first.channels)
        fail(
          'sum-width',
          `a sum of ${both}: widths differ`,
          `Bring one to the other's width by a convolution.`,
        )
    } else if (!(other instanceof Tensor))
      fail(
        'not-a-feature',
        `a sum of ${describe(first)} and ${describe(other)}`,
        'Sums are of features.',
      )
    value = make('add', { left: value, right: other.value }, {}, functionOrigin('add'))
  }
  return new Feature(value, first.channels, first.stride, trace)
}

/** The product of a feature with features like it, or with one number for each of its channels. */
export function multiply<C extends number, S extends Stride>(
  first: Feature<C, S>,
  ...rest: (Feature<NoInfer<C>, NoInfer<S>> | Vector<NoInfer<C>> | Tensor)[]
): Feature<C, S> {
  const trace = expectFeature(first, 'multiply')
  let value: Value = first.value
  for (const other of rest) {
    expectTensor(other, 'multiply')
    const both = `${describe(first)} and ${describe(other)}`
    if (other instanceof Feature && other.stride !== first.stride)
      fail(
        'product-stride',
        `a product of ${both}: strides differ`,
        `Resize one of them: resize(x, ${first.stride}).`,
      )
    if (!(other instanceof Tensor) && other.channels !== first.channels)
      fail(
        'product-width',
        `a product of ${both}: widths differ`,
        `Bring one to the other's width by a convolution.`,
      )
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
    const both = `a concat of ${describe(first)} and ${describe(other)}`
    if (other.kind !== first.kind)
      fail('concat-kind', both, 'Pool the feature, or keep both as features.')
    if (other instanceof Feature && first instanceof Feature && other.stride !== first.stride)
      fail(
        'concat-stride',
        `${both}: strides differ`,
        `Resize one of them: resize(x, ${first.stride}).`,
      )
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
  widths: W,
): { readonly [I in keyof W]: Feature<W[I] & number, S> } {
  const trace = expectFeature(x, 'split')
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

/** How values between positions are found. The same weights give another answer under each: never guess it. */
export type Interpolation =
  /** That of the nearest position before: floor(x·in/out). */
  | { readonly mode: 'nearest' }
  /** Between the four around it; positions are pixel centres, or (`alignCorners`) span corner to corner. */
  | { readonly mode: 'bilinear'; readonly alignCorners?: boolean }

/**
 * A feature at another stride. To a number: by the ratio of the strides. To a feature: to that feature's
 * exact size, as networks for any input size must.
 */
export function resize<C extends number, T extends Stride>(
  x: Feature<C>,
  to: T | Feature<number, T>,
  interpolation: Interpolation,
): Feature<C, T> {
  const trace = expectFeature(x, 'resize')
  if (typeof to === 'object') expectFeature(to, 'resize')
  const stride = typeof to === 'object' ? to.stride : to
  if (!isStride(stride))
    fail('resize-stride', `a resize to stride ${stride}`, `Strides are ${strides.join(', ')}.`)
  const { mode } = interpolation
  const alignCorners = (interpolation as { alignCorners?: boolean }).alignCorners ?? false
  if (alignCorners && mode === 'nearest')
    fail(
      'align-corners',
      'corners aligned in a nearest resize',
      'Align corners in a bilinear resize only.',
    )
  const common = Math.min(x.stride, stride)
  const value = make(
    'resize',
    { input: x.value, like: typeof to === 'object' ? to.value : undefined },
    { mode, alignCorners, times: x.stride / common, over: stride / common },
    functionOrigin('resize'),
  )
  return new Feature(value, x.channels, stride, trace)
}

export interface PoolOptions<K extends Step> extends Named {
  readonly kernel: number
  /** By how much it coarsens (the kernel). */
  readonly stride: K
  /** Padding on each side; by default as for a convolution. */
  readonly padding?: number
}

/** The largest value of each window. */
export function maxPool<C extends number, S extends Stride, const K extends Step>(
  x: Feature<C, S>,
  options: PoolOptions<K> & { readonly stride: K & StepFrom<S> },
): Feature<C, Coarser<S, K>> {
  return pool(x, 'max', options, false)
}

/** The mean of each window; zeros of the padding are counted only if asked (`countPadding`, false). */
export function averagePool<C extends number, S extends Stride, const K extends Step>(
  x: Feature<C, S>,
  options: PoolOptions<K> & { readonly stride: K & StepFrom<S>; readonly countPadding?: boolean },
): Feature<C, Coarser<S, K>> {
  return pool(x, 'average', options, options.countPadding ?? false)
}

function pool<C extends number, S extends Stride, K extends Step>(
  x: Feature<C, S>,
  operator: 'average' | 'max',
  options: PoolOptions<K>,
  countPadding: boolean,
): Feature<C, Coarser<S, K>> {
  const trace = expectFeature(x, `${operator}Pool`)
  const stride: number = options.stride
  expectStep(stride, 'a pooling')
  const to = coarser(x.stride, stride as Step, 'a pooling')
  const kernel = sides(options.kernel, 'a pooling')
  if (options.kernel < stride)
    fail(
      'window',
      `a pooling window of ${options.kernel} at stride ${stride} skips pixels`,
      'Take a window of at least the stride.',
    )
  const padding = paddingOf(kernel, stride, 1, options.padding)
  if (padding[0] * 2 > options.kernel)
    fail(
      'window',
      `a pooling window of ${options.kernel} with padding ${padding[0]}`,
      'Pad by at most half of the window.',
    )
  const value = make(
    'pool',
    { input: x.value },
    { operator, kernel, strides: [stride, stride], padding, countPadding },
    layerOrigin(options.name),
  )
  return new Feature(value, x.channels, to as Coarser<S, K>, trace)
}

/** One number for each channel: the mean (or the largest value) over all positions. */
export function globalPool<C extends number>(
  x: Feature<C>,
  operator: 'average' | 'max' = 'average',
): Vector<C> {
  const trace = expectFeature(x, 'globalPool')
  const origin = functionOrigin('globalPool')
  const pooled = make('globalPool', { input: x.value }, { operator }, origin)
  return new Vector(
    make('reshape', { input: pooled }, { sides: ['same', x.channels] }, origin),
    x.channels,
    trace,
  )
}

/** A linear layer, with a bias unless told. Parameters: `weight` [channels, C], `bias` [channels]. */
export function linear<D extends number>(
  x: Vector,
  channels: D,
  options: Named & { readonly bias?: boolean } = {},
): Vector<D> {
  const trace = expectVector(x, 'linear')
  expectWidth(channels, 'a linear layer')
  const origin = layerOrigin(options.name)
  const weight = parameterNode(origin, 'weight', [channels, x.channels], 'weight')
  const bias = biasOf(origin, options.bias ?? true, channels)
  return new Vector(make('linear', { input: x.value, weight, bias }, {}, origin), channels, trace)
}

/** A trained tensor of any shape, to be added, multiplied or given to a foreign operator. */
export function parameter(name: string, shape: readonly number[]): Tensor {
  const trace = currentTrace()
  if (!shape.every(isWhole))
    fail(
      'parameter-shape',
      `parameter ${name} is [${String(shape)}]`,
      'Its sides are whole numbers from 1.',
    )
  const full = layerOrigin(name)
  const owner: Origin = { ...full, path: full.path.slice(0, -name.length).replace(/\.$/, '') }
  return new Tensor(parameterNode(owner, name, shape, 'free'), trace)
}

/**
 * The same feature, its width stated: after a concat or in a generic network, types have lost it.
 * @throws {NetworkError} `width-stated` where it is another.
 */
export function stateWidth<C extends number, S extends Stride>(
  x: Feature<number, S>,
  channels: C,
): Feature<C, S> {
  const trace = expectFeature(x, 'stateWidth')
  if (x.channels !== channels)
    fail(
      'width-stated',
      `a width of ${channels} is stated of ${describe(x)}`,
      `State ${x.channels}, or see where it comes from.`,
    )
  return new Feature(x.value, channels, x.stride, trace)
}

function activation<F extends Tensorial>(x: F, fn: ActivationFunction, { name }: Named): F {
  expectTensor(x, fn.name)
  return like(x, make('activation', { input: x.value }, { function: fn }, layerOrigin(name)))
}

/** What stands for `value` as `x` does for its own. */
function like<F extends Tensorial>(x: F, value: Value): F {
  if (x instanceof Feature) return new Feature(value, x.channels, x.stride, x.trace) as unknown as F
  if (x instanceof Vector) return new Vector(value, x.channels, x.trace) as unknown as F
  return new Tensor(value, x.trace as Trace) as F
}

function biasOf(origin: Origin, bias: boolean, channels: number): Value | undefined {
  return bias ? parameterNode(origin, 'bias', [channels], 'bias') : undefined
}

function finer(stride: Stride, step: number, what: string): Stride {
  const to = stride / step
  if (!isStride(to))
    return fail(
      'first-stride',
      `${what} of stride ${step} at stride ${stride} leads to ${to}`,
      'The finest stride is 1: use fewer levels.',
    )
  return to
}

function sides(kernel: number | Pair, what: string): Pair {
  const pair: Pair = typeof kernel === 'object' ? kernel : [kernel, kernel]
  for (const side of pair)
    expectWhole(
      'kernel',
      side,
      `the kernel of ${what}`,
      'A kernel is a whole number of pixels from 1.',
    )
  return pair
}

/**
 * Zeros on each side such that a layer keeps the grid of its stride: with a reach of
 * dilation·(kernel − 1) + 1 pixels, reach − stride ≤ 2·padding < reach.
 */
function paddingOf(
  kernel: Pair,
  stride: number,
  dilation: number,
  given: number | Pair | undefined,
): Padding {
  const reach = kernel.map((side) => dilation * (side - 1) + 1)
  const wanted =
    given === undefined
      ? reach.map((r, axis) => {
          if (r % 2 === 1) return (r - 1) / 2
          if ((r - stride) % 2 === 0) return Math.max(0, (r - stride) / 2)
          return fail(
            'kernel-parity',
            `a kernel of ${kernel[axis]} at stride ${stride} has no centre`,
            'Take an odd kernel, or one that differs from the stride by an even number.',
          )
        })
      : typeof given === 'object'
        ? given
        : [given, given]
  wanted.forEach((p, axis) => {
    const r = reach[axis] as number
    if (!Number.isSafeInteger(p) || p < 0 || 2 * p >= r || 2 * p < r - stride)
      fail(
        'padding',
        `a padding of ${p} around a window of ${r} at stride ${stride} leaves the grid`,
        `Leave the padding out, or take ${Math.max(0, Math.ceil((r - stride) / 2))} to ${Math.ceil(r / 2) - 1}.`,
      )
  })
  const [y, x] = wanted as unknown as Pair
  return [y, x, y, x]
}
