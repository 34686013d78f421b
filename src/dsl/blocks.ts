import { add } from './combine.js'
import { type ConvOptions, conv } from './convolution.js'
import {
  describe,
  expectFeature,
  expectFlag,
  expectFunction,
  expectList,
  expectOptions,
  expectStep,
  expectWhole,
  expectWidth,
  isWhole,
  type OptionNames,
} from './expect.js'
import type { Feature, Width } from './feature.js'
import { batchNorm, relu } from './pointwise.js'
import { fail, scope } from './scope.js'
import { type Coarser, type Step, type StepFrom, type Stride, stepBetween } from './stride.js'

/** Convolution, batch norm: the pair that is everywhere. Unnamed, they take two numbers of their scope. */
export function convBn<S extends Stride, D extends number, const K extends StepFrom<S> = 1>(
  x: Feature<number, S>,
  channels: D & Width<D>,
  options: ConvOptions<K>,
): Feature<D, Coarser<S, K>> {
  return batchNorm(conv<S, D, K>(x, channels, options))
}

/** What leads a feature to a width and a stride, by convolutions and batch norms: `convBn`, or `separableConvBn`. */
export type Convolving = typeof convBn

/**
 * A depthwise convolution, then a 1×1 convolution to `channels`, each with batch norm: what a whole convolution does,
 * for a fraction of its weights. Unnamed, they take four numbers of their scope.
 */
export function separableConvBn<
  S extends Stride,
  D extends number,
  const K extends StepFrom<S> = 1,
>(
  x: Feature<number, S>,
  channels: D & Width<D>,
  options: ConvOptions<K>,
): Feature<D, Coarser<S, K>> {
  const spatial = convBn<S, number, K>(x, x.channels, { ...options, groups: x.channels })
  return convBn(spatial, channels, { kernel: 1 }) as Feature as Feature<D, Coarser<S, K>>
}

/** Convolution, batch norm, ReLU. */
export function convBnRelu<S extends Stride, D extends number, const K extends StepFrom<S> = 1>(
  x: Feature<number, S>,
  channels: D & Width<D>,
  options: ConvOptions<K>,
): Feature<D, Coarser<S, K>> {
  return relu(convBn<S, D, K>(x, channels, options))
}

/** The same under the names of ResNet's code, by number: `conv1`, `bn1`; its ReLU is `relu1`. */
export function numbered<S extends Stride, D extends number, const K extends StepFrom<S> = 1>(
  number: number,
  x: Feature<number, S>,
  channels: D & Width<D>,
  options: ConvOptions<K>,
): Feature<D, Coarser<S, K>> {
  const inner = conv<S, D, K>(x, channels, { ...options, name: `conv${number}` })
  return relu(batchNorm(inner, { name: `bn${number}` }), { name: `relu${number}` })
}

export interface ConvModuleOptions<K extends Step> extends Omit<ConvOptions<K>, 'bias' | 'name'> {
  /** Whether a batch norm follows (true); where none does, the convolution has a bias. */
  readonly norm?: boolean
}

/** The pair under the names of OpenMMLab's ConvModule: `conv` and `bn`, within a name of its own. */
export function convModule<S extends Stride, D extends number, const K extends StepFrom<S> = 1>(
  name: string | number,
  x: Feature<number, S>,
  channels: D & Width<D>,
  { norm = true, ...options }: ConvModuleOptions<K>,
): Feature<D, Coarser<S, K>> {
  expectFlag(norm, 'norm of a convolution')
  return scope(name, () => {
    const y = conv<S, D, K>(x, channels, { ...options, bias: !norm, name: 'conv' })
    return norm ? batchNorm(y, { name: 'bn' }) : y
  })
}

export interface BnReluConvOptions<K extends Step> extends ConvOptions<K> {
  /** What the batch norm's parameters are called after, as `name` says it of the convolution's. */
  readonly norm?: string
}

/**
 * Batch norm, ReLU, convolution: the other way round, as units are built whose shortcuts stay linear (He et al. 2016,
 * pre-activation). The norm has the width that comes in. Unnamed, they take three numbers of their scope.
 */
export function bnReluConv<S extends Stride, D extends number, const K extends StepFrom<S> = 1>(
  x: Feature<number, S>,
  channels: D & Width<D>,
  { norm, ...options }: BnReluConvOptions<K>,
): Feature<D, Coarser<S, K>> {
  return conv<S, D, K>(relu(batchNorm(x, { name: norm })), channels, options)
}

/** A residual unit: takes any width, puts out `channels`, coarsens by `stride`. */
export interface Unit<D extends number = number, K extends Step = 1> {
  <S extends Stride>(x: Feature<number, S>): Feature<D, Coarser<S, K>>
  readonly channels: D
  readonly stride: K
}

/** Makes a unit of a given output width: what a branch is built of. */
export type UnitOf = <D extends number>(channels: D) => Unit<D>

export interface UnitOptions<K extends Step> {
  /** By how much the unit coarsens (1). */
  readonly stride?: K
}

const unitOptions: OptionNames<UnitOptions<1>> = { stride: true }

export interface ResidualOptions<K extends Step> extends UnitOptions<K> {
  /** Whether the sum with the shortcut goes through a ReLU (true). */
  readonly relu?: boolean
}

const residualOptions: OptionNames<ResidualOptions<1>> = { relu: true, ...unitOptions }

/**
 * Two 3×3 convolutions and a shortcut (He et al. 2016, ResNet, fig. 5 left): the unit of HRNet's branches.
 * Where width or stride change, the shortcut is a 1×1 projection, `downsample`.
 */
export function basic<D extends number, const K extends Step = 1>(
  channels: D & Width<D>,
  options: ResidualOptions<K> = {},
): Unit<D, K> {
  expectOptions(options, residualOptions, 'a basic unit')
  const { relu: ends, ...own } = options
  return unit(
    channels,
    (x) => {
      const inner = numbered(1, x, channels, { kernel: 3, stride: own.stride ?? 1 })
      const outer = batchNorm(conv(inner, channels, { kernel: 3, name: 'conv2' }), { name: 'bn2' })
      return ended(addShortcut(outer, x), ends)
    },
    own,
  )
}

function ended(sum: Feature, ends = true): Feature {
  expectFlag(ends, 'relu of a unit')
  return ends ? relu(sum, { name: 'relu' }) : sum
}

export interface BottleneckOptions<K extends Step> extends ResidualOptions<K> {
  /** Channels between the two 1×1 convolutions (a quarter of the unit's). */
  readonly middle?: number
  /** Of the 3×3 convolution (1): ResNeXt's cardinality. */
  readonly groups?: number
  /** Steps between the elements of the 3×3 kernel (1). */
  readonly dilation?: number
  /** Whether the first 1×1 convolution coarsens, as He et al. have it, and not the 3×3 (false). */
  readonly strideFirst?: boolean
}

const bottleneckOptions: OptionNames<BottleneckOptions<1>> = {
  middle: true,
  groups: true,
  dilation: true,
  strideFirst: true,
  ...residualOptions,
}

/**
 * 1×1 to a quarter of the width, 3×3 (which coarsens, if asked), 1×1 back, and a shortcut (fig. 5 right).
 * @throws {NetworkError} `unit-expansion` where the width is no multiple of 4, and no other middle is given.
 */
export function bottleneck<D extends number, const K extends Step = 1>(
  channels: D & Width<D>,
  options: BottleneckOptions<K> = {},
): Unit<D, K> {
  expectWidth(channels, 'a unit')
  expectOptions(options, bottleneckOptions, 'a bottleneck unit')
  const { relu: ends, stride = 1 as Step, strideFirst = false, ...rest } = options
  const { middle = channels / 4, ...spatial } = rest
  if (!Number.isInteger(middle))
    fail(
      'unit-expansion',
      `a bottleneck unit of ${channels} channels`,
      `Its width is 4 times that of its middle: take ${Math.ceil(channels / 4) * 4}.`,
    )
  expectFlag(strideFirst, 'strideFirst of a bottleneck unit')
  const [first, second] = strideFirst ? [stride, 1 as Step] : [1 as Step, stride]
  return unit<D, K>(
    channels,
    (x) => {
      const narrow = numbered(1, x, middle as number, { kernel: 1, stride: first as 1 })
      const inner = { kernel: 3, stride: second as 1, ...spatial }
      const wide = numbered(2, narrow, middle as number, inner)
      const end = batchNorm(conv(wide, channels, { kernel: 1, name: 'conv3' }), { name: 'bn3' })
      return ended(addShortcut(end, x), ends)
    },
    { stride: stride as K },
  )
}

/**
 * A unit of one's own: a function of a feature that puts out `channels` and coarsens by `stride`.
 * @throws {NetworkError} `unit-width` or `unit-stride` at use, where it does something else.
 */
export function unit<D extends number, const K extends Step = 1>(
  channels: D & Width<D>,
  body: (x: Feature) => Feature,
  options: UnitOptions<K> = {},
): Unit<D, K> {
  expectWidth(channels, 'a unit')
  expectFunction(body, `the body of a unit of ${channels} channels`)
  expectOptions(options, unitOptions, 'a unit')
  const stride: unknown = options.stride ?? 1
  expectStep(stride, 'a unit')
  const apply = <S extends Stride>(x: Feature<number, S>): Feature<D, Coarser<S, K>> => {
    expectFeature(x, 'a unit')
    const y = body(x as Feature)
    expectFeature(y, 'the result of a unit')
    const made = `a unit of ${channels} channels and stride ${stride} makes ${describe(y)}`
    if (y.channels !== channels) fail('unit-width', made, `Let it end in ${channels} channels.`)
    if (y.stride !== x.stride * stride)
      fail(
        'unit-stride',
        `${made} from stride ${x.stride}`,
        `Make it with { stride: ${y.stride / x.stride} }, or let it end at stride ${x.stride * stride}.`,
      )
    return y as Feature as Feature<D, Coarser<S, K>>
  }
  return Object.assign(apply, { channels, stride: stride as K })
}

/**
 * The sum of a unit's last feature and its first, the shortcut: as it is, or by a 1×1 projection with batch norm,
 * `downsample`, where width or stride differ.
 */
export function addShortcut<C extends number, S extends Stride>(
  end: Feature<C, S>,
  start: Feature,
): Feature<C, S> {
  expectFeature(end, 'addShortcut')
  expectFeature(start, 'addShortcut')
  const isLike =
    (start.channels as number) === end.channels && (start.stride as Stride) === end.stride
  const shortcut = isLike
    ? start
    : scope('downsample', () =>
        convBn(start, end.channels as number, {
          kernel: 1,
          stride: stepBetween(start.stride, end.stride),
        }),
      )
  return add(end, shortcut as Feature<C, S>)
}

/** `count` units one after another, in scopes 0, 1, …; the first may come from another width. */
export function repeat<D extends number, S extends Stride>(
  count: number,
  one: Unit<D>,
  x: Feature<number, S>,
): Feature<D, S> {
  expectWhole('repeat', count, 'the number of units in a repeat', 'Repeat at least once.')
  expectUnit(one, 'repeat')
  expectFeature(x, 'repeat')
  if ((one.stride as Step) !== 1)
    fail(
      'repeat-stride',
      `a repeat of ${count} units of stride ${one.stride}`,
      'Repeat units of stride 1; put the one that coarsens before them.',
    )
  return sequence(
    Array.from({ length: count }, () => one),
    x,
  ) as Feature as Feature<D, S>
}

/** Units one after another, in scopes 0, 1, …: what torch.nn.Sequential writes of them. */
export function sequence(units: readonly Unit<number, Step>[], x: Feature): Feature {
  expectList(units, 'the units of a sequence')
  for (const one of units) expectUnit(one, 'sequence')
  return units.reduce((y, one, index) => scope(index, () => one(y)), x)
}

function expectUnit(value: unknown, what: string): asserts value is Unit {
  if (typeof value !== 'function' || !isWhole((value as Unit).channels))
    fail(
      'not-a-unit',
      `${what} gets ${describe(value)}, not a unit`,
      'Make a unit of a width: basic(48), or unit(48, (x) => …).',
    )
}
