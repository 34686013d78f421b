import { bottleneck, convBnRelu } from './blocks.js'
import { expectConsecutive, upsampleConcat } from './branches.js'
import {
  expectFeature,
  expectList,
  expectOneOf,
  expectOptions,
  expectWidth,
  type OptionNames,
} from './expect.js'
import type {
  AsManyAs,
  Branches,
  Consecutive,
  Feature,
  FinestStride,
  Pyramid,
  Vector,
  Width,
  Widths,
} from './feature.js'
import {
  add,
  averagePool,
  conv,
  globalPool,
  type Interpolation,
  linear,
  maxPool,
} from './layers.js'
import { fail, scope, sharedLayer } from './scope.js'
import type { Stride } from './stride.js'

export interface ConvHeadOptions {
  readonly kernel?: 1 | 3
  readonly name?: string
}

const convHeadOptions: OptionNames<ConvHeadOptions> = { kernel: true, name: true }

/** A prediction at each position by one convolution with a bias: HRNetV1's heatmaps. */
export function convHead<D extends number, S extends Stride>(
  x: Feature<number, S>,
  channels: D & Width<D>,
  options: ConvHeadOptions = {},
): Feature<D, S> {
  expectFeature(x, 'convHead')
  expectOptions(options, convHeadOptions, 'a head')
  const { kernel = 1, name = 'final_layer' } = options
  return conv(x as Feature, channels, { kernel, bias: true, name }) as Feature<D, S>
}

/** Of heads whose inner convolutions have biases in the authors' code, and none in others'. */
export interface NormedHeadOptions {
  /** Whether the convolutions before a batch norm have biases (true). */
  readonly bias?: boolean
}

const normedHeadOptions: OptionNames<NormedHeadOptions> = { bias: true }

export interface DenseHeadOptions extends NormedHeadOptions {
  /** Of the last convolution (1). */
  readonly kernel?: 1 | 3
}

const denseHeadOptions: OptionNames<DenseHeadOptions> = { kernel: true, ...normedHeadOptions }

/**
 * A prediction at each position by two 1×1 convolutions with biases: to `middle` channels, batch norm, ReLU,
 * then to `channels`. The head of HRNetV2's representation and of HRNetV1h. Parameters: `0`, `1`, `3`.
 */
export function denseHead<D extends number, S extends Stride>(
  x: Feature<number, S>,
  middle: number,
  channels: D & Width<D>,
  options: DenseHeadOptions = {},
): Feature<D, S> {
  expectFeature(x, 'denseHead')
  expectOptions(options, denseHeadOptions, 'a head')
  const { kernel = 1, bias = true } = options
  const inner = convBnRelu(x as Feature, middle, { kernel: 1, bias })
  return conv(inner, channels, { kernel, bias: true }) as Feature<D, S>
}

/**
 * One bottleneck unit on each branch, which widens it to the width given: the first step of HRNet-C's head
 * (section 3.2, fig. 4 c). Parameters: `incre_modules.{branch}.0`.
 */
export function widen<const B extends Branches, const W extends readonly number[]>(
  branches: B & Consecutive<B>,
  widths: W & Widths<W> & AsManyAs<B, W>,
): Pyramid<W, FinestStride<B>> {
  const all: readonly Feature[] = branches
  expectConsecutive(all)
  expectList(widths, 'the widths of branches')
  if (widths.length !== all.length)
    fail(
      'per-branch',
      `${widths.length} widths for ${all.length} branches`,
      'Give one width for each branch.',
    )
  return scope('incre_modules', () =>
    widths.map((width: number, i) =>
      scope(i, () => scope(0, () => bottleneck(width)(all[i] as Feature))),
    ),
  ) as unknown as Pyramid<W, FinestStride<B>>
}

/**
 * Branches led into the coarsest, from the finest on: a 3×3 convolution of stride 2 with a bias, batch norm and
 * ReLU down to the next branch, to which it is added. Parameters: `downsamp_modules.{step}.0`, `.1`.
 */
export function descend<const B extends Branches>(
  branches: B & Consecutive<B>,
  options: NormedHeadOptions = {},
): Feature {
  const all: readonly Feature[] = branches
  expectConsecutive(all)
  expectOptions(options, normedHeadOptions, 'descend')
  const { bias = true } = options
  const [finest, ...rest] = all as readonly [Feature, ...Feature[]]
  return scope('downsamp_modules', () =>
    rest.reduce((x: Feature, next, i) => {
      const down = scope(i, () => convBnRelu(x, next.channels, { kernel: 3, stride: 2, bias }))
      return add(next, down as Feature)
    }, finest),
  )
}

/**
 * Class scores (logits) of HRNet-C: branches widened and led into the coarsest, a 1×1 convolution to 2048 channels,
 * global average pooling, and a linear layer. Parameters: `incre_modules`, `downsamp_modules`, `final_layer`, `classifier`.
 */
export function classificationHead<const B extends Branches, D extends number>(
  branches: B & Consecutive<B>,
  classes: D & Width<D>,
  options: NormedHeadOptions = {},
): Vector<D> {
  const { bias = true } = options
  const coarsest = descend(branches as Branches, options)
  const last = scope('final_layer', () => convBnRelu(coarsest, 2048, { kernel: 1, bias }))
  return linear(globalPool(last), classes, { name: 'classifier' })
}

export interface PyramidOptions<D extends number> {
  /** Width of every level (256). */
  readonly channels?: D
  readonly interpolation?: Interpolation
  /** How the coarser levels are made from the finest (average). */
  readonly pooling?: 'average' | 'max'
  /** Whether one 3×3 convolution, `fpn_conv`, serves all levels (false). */
  readonly shareConv?: boolean
}

const pyramidOptions: OptionNames<PyramidOptions<number>> = {
  channels: true,
  interpolation: true,
  pooling: true,
  shareConv: true,
}
const pools = { average: averagePool, max: maxPool }

/**
 * HRNetV2p's feature pyramid (section 3.2, fig. 4 c): the branches upsampled and concatenated, reduced by a 1×1
 * convolution, pooled by 1, 2, 4, 8, 16, and a 3×3 convolution on each of these five levels, finest first.
 * Parameters: `reduction_conv.0`, `fpn_conv.{level}`. No batch norm, no ReLU.
 */
export function pyramidNeck<const B extends Branches, D extends number = 256>(
  branches: B & Consecutive<B>,
  options: PyramidOptions<D> = {},
): Pyramid<readonly [D, D, D, D, D], FinestStride<B>> {
  expectOptions(options, pyramidOptions, 'a pyramid')
  const { interpolation, pooling = 'average', shareConv = false } = options
  const channels = (options.channels ?? 256) as D
  expectWidth(channels, 'a pyramid')
  expectOneOf('pool-operator', pooling, pools, 'a pyramid pooled by')
  const pool = pools[pooling]
  const wide = upsampleConcat(branches as Branches, interpolation) as Feature
  const finest = scope('reduction_conv', () => conv(wide, channels, { kernel: 1, bias: true }))
  const steps = [1, 2, 4, 8, 16] as const
  const levels = steps.map((stride) =>
    stride === 1 ? finest : pool(finest, { kernel: stride, stride, name: `pool${stride}` }),
  )
  const last = { kernel: 3, bias: true } as const
  const convs = shareConv
    ? levels.map((x: Feature) =>
        sharedLayer(() => conv(x, channels, { ...last, name: 'fpn_conv' })),
      )
    : scope('fpn_conv', () => levels.map((x: Feature) => conv(x, channels, last)))
  return convs as unknown as Pyramid<readonly [D, D, D, D, D], FinestStride<B>>
}
