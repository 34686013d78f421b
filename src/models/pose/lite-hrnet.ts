import { convModule, separableConvBn } from '../../dsl/blocks.js'
import { transition } from '../../dsl/branches.js'
import { expectOneOf, expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { fuseInPlace } from '../../dsl/fuse-in-place.js'
import { everyToEvery } from '../../dsl/fusion.js'
import { convHead } from '../../dsl/heads.js'
import {
  adaptivePool,
  add,
  channelShuffle,
  concat,
  multiply,
  relu,
  resize,
  sigmoid,
  split,
  stateStride,
} from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { downBy } from '../../dsl/path.js'
import { scope } from '../../dsl/scope.js'
import { type JointOptions, jointOptions, litePose } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'

const widths = [40, 80, 160, 320] as const
/** Modules of each stage. */
const modules = { 18: [2, 4, 2], 30: [3, 8, 3] } as const
const fusion = everyToEvery({ interpolation: { mode: 'nearest' }, down: downBy(separableConvBn) })

/**
 * Lite-HRNet (Yu et al. 2021) for human pose: one heatmap for each joint, at 1/4 of the input. Where HRNet has units of
 * dense convolutions, it weights the channels of all branches by one another, and of each by itself.
 */
export function liteHrnet(
  depth: keyof typeof modules,
  options: JointOptions = {},
): Model<{ heatmaps: Feature<number, 4> }> {
  expectOptions(options, jointOptions, 'liteHrnet')
  expectOneOf('choice', depth, modules, 'the depth of a Lite-HRNet is')
  const { joints = litePose.joints } = options
  return ofPhotograph(`lite-hrnet-${depth}`, litePose, (x) => {
    const finest = scope('backbone', () => {
      let branches: readonly Feature[] = [scope('stem', () => stem(x))]
      for (const [stage, count] of modules[depth].entries()) {
        branches = scope(`transition${stage}`, () =>
          transition(branches, widths.slice(0, stage + 2), { layer: separableConvBn }),
        )
        for (let m = 0; m < count; m++)
          branches = scope(`stage${stage}.${m}`, () => {
            const once = scope('layers.0', () => weighted(branches))
            const again = scope('layers.1', () => weighted(once))
            return fuseInPlace(again, fusion)
          })
      }
      return scope('head_layer', () => merged(branches))
    })
    return { heatmaps: scope('keypoint_head', () => convHead(stateStride(finest, 4), joints)) }
  })
}

/** 32 channels at 1/4: half of those at 1/2 through a depthwise convolution, half through a wider one. */
function stem(x: Feature<number, 1>): Feature {
  const half = relu(convModule('conv1', x, 32, { kernel: 3, stride: 2 }))
  const [left, right] = split(half, [16, 16])
  const plain = scope('branch1', () => separable(['0', '1'], left, 16, 2))
  const expanded = relu(convModule('expand_conv', right, 32, { kernel: 1 }))
  const wide = separable(['depthwise_conv', 'linear_conv'], expanded, 16, 2)
  return channelShuffle(concat(plain, wide), 2)
}

/** Conditional channel weighting: one half of each branch is weighted, then shuffled with the other. */
function weighted(branches: readonly Feature[]): readonly Feature[] {
  const halves = branches.map((x) => split(x, [x.channels / 2, x.channels / 2]))
  const across = scope('cross_resolution_weighting', () =>
    weightedAcross(halves.map(([, right]) => right)),
  )
  return halves.map(([left], i) => {
    const [x, channels] = [across[i] as Feature, left.channels]
    const spatial = convModule(`depthwise_convs.${i}`, x, channels, { kernel: 3, groups: channels })
    const mean = adaptivePool(spatial, [1, 1])
    const weights = scope(`spatial_weighting.${i}`, () => weightsOf(mean, 4, { norm: false }))
    return channelShuffle(concat(left, multiply(spatial, weights)), 2)
  })
}

/** Each branch by weights that all of them give, pooled to the size of the coarsest. */
function weightedAcross(branches: readonly Feature[]): readonly Feature[] {
  const coarsest = branches.at(-1) as Feature
  const pooled = branches.map((x) => (x === coarsest ? x : adaptivePool(x, coarsest)))
  const all = concat(...(pooled as [Feature, ...Feature[]]))
  const widths = branches.map(({ channels }) => channels)
  const weights = split(weightsOf(all, 8), widths)
  return branches.map((x, i) => multiply(x, resize(weights[i] as Feature, x, { mode: 'nearest' })))
}

/** A number between 0 and 1 for each channel, by two 1×1 convolutions, the first to a fraction of the width. */
function weightsOf(x: Feature, fraction: number, options?: { readonly norm: false }): Feature {
  const layer = { kernel: 1, ...options } as const
  const few = relu(convModule('conv1', x, Math.floor(x.channels / fraction), layer))
  return sigmoid(convModule('conv2', few, x.channels, layer))
}

/** From the coarsest on, each branch is convolved to half its width, resized to the next finer, and added to it. */
function merged(branches: readonly Feature[]): Feature {
  const resized = { mode: 'bilinear', alignCorners: true } as const
  return branches.reduceRight<Feature | undefined>((above, x, i) => {
    const sum = above ? add(x, resize(above, x, resized)) : x
    const width = Math.max(widths[0], x.channels / 2)
    return scope(`projects.${branches.length - 1 - i}`, () =>
      separable(['depthwise_conv', 'pointwise_conv'], sum, width, 1),
    )
  }, undefined) as Feature
}

/** A depthwise 3×3 convolution, then a 1×1 to `channels` and a ReLU, by these names. */
function separable(names: Names, x: Feature, channels: number, stride: 1 | 2): Feature {
  const each = convModule(names[0], x, x.channels, { kernel: 3, stride, groups: x.channels })
  return relu(convModule(names[1], each as Feature, channels, { kernel: 1 }))
}

type Names = readonly [depthwise: string, pointwise: string]
