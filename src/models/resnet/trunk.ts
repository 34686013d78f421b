import { basic, bottleneck, sequence, type Unit } from '../../dsl/blocks.js'
import { expectOneOf, expectOptions, type OptionNames } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { scope } from '../../dsl/scope.js'
import { type ResNetDepth, type ResNetPlan, resnetPlans } from './plan.js'
import { type ResNetStem, stems } from './stem.js'

/** What ResNets of one depth differ in. */
export interface ResNetOptions {
  /** How the image is brought to 1/4: `7x7`, `deep` (both with a max pooling), or the paper's two `3x3`. */
  readonly stem?: ResNetStem
  /** Whether the first 1×1 convolution of a unit coarsens, and not its 3×3 (mmdetection's style `caffe`). */
  readonly strideFirst?: boolean
  /** Stride past which nothing is coarsened any more, but dilated (32). */
  readonly outputStride?: 8 | 16 | 32
  /** Groups of the 3×3 convolutions (1): ResNeXt's cardinality. */
  readonly groups?: number
  /** Channels of each group in layer 1 (64). */
  readonly groupWidth?: number
}

export const resnetOptions: OptionNames<ResNetOptions> = {
  stem: true,
  strideFirst: true,
  outputStride: true,
  groups: true,
  groupWidth: true,
}

/** What layers 1 to 4 put out; the last two at 1/16 and 1/32, where they are not dilated. */
export type ResNetLayers = readonly [Feature<number, 4>, Feature<number, 8>, Feature, Feature]

const outputStrides = { 8: true, 16: true, 32: true }

/** A ResNet up to its pooling (He et al. 2016): the features that its layers 1 to 4 put out, finest first. */
export function resnetTrunk(
  image: Feature<number, 1>,
  depth: ResNetDepth,
  { stem = '7x7', ...options }: ResNetOptions = {},
): ResNetLayers {
  expectOneOf('choice', stem, stems, 'the stem of a ResNet is')
  return resnetLayers(stems[stem](image).quarter, depth, options)
}

/** The same from what a stem made. */
export function resnetLayers(
  start: Feature<number, 4>,
  depth: ResNetDepth,
  { outputStride = 32, ...unit }: Omit<ResNetOptions, 'stem'> = {},
): ResNetLayers {
  expectOptions({ outputStride, ...unit }, resnetOptions, 'a ResNet')
  expectOneOf('choice', depth, resnetPlans, 'the depth of a ResNet is')
  const plan = resnetPlans[depth]
  // Basic units are not dilated.
  const reaches = plan.unit === 'basic' ? { 32: true } : outputStrides
  expectOneOf('choice', outputStride, reaches, `the output stride of ResNet-${depth} is`)
  const layers: Feature[] = []
  let x: Feature = start
  for (const number of [1, 2, 3, 4]) {
    const units = unitsOf(plan, number, outputStride, unit)
    x = scope(`layer${number}`, () => sequence(units, x))
    if (plan.unit === 'basic' && number === 4)
      x = scope('layer5', () => sequence([bottleneck(2048)], x))
    layers.push(x)
  }
  return layers as readonly Feature[] as ResNetLayers
}

function unitsOf(
  plan: ResNetPlan,
  number: number,
  outputStride: number,
  { groups = 1, groupWidth = 64, strideFirst = false }: ResNetOptions,
): readonly Unit<number, 1 | 2>[] {
  const planes = 32 * 2 ** number
  const middle = Math.floor((planes * groupWidth) / 64) * groups
  const reached = 2 * 2 ** number
  const step = number === 1 || reached > outputStride ? 1 : 2
  const unit = (stride: 1 | 2, dilation: number): Unit<number, 1 | 2> =>
    plan.unit === 'basic' && number > 1
      ? basic(planes, { stride })
      : bottleneck(4 * planes, { stride, dilation, middle, groups, strideFirst })
  const dilated = (stride: number): number => Math.max(1, stride / outputStride)
  // The first unit is dilated as the layer before: what it reads stands on that grid.
  const first = unit(step, dilated(reached / 2))
  const rest = unit(1, dilated(reached))
  return Array.from({ length: plan.units[number - 1] as number }, (_, n) => (n ? rest : first))
}
