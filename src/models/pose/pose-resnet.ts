import { expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { convHead } from '../../dsl/heads.js'
import { batchNorm, convTranspose, relu } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { type JointOptions, jointOptions, pose } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import type { ResNetDepth } from '../resnet/plan.js'
import { resnetTrunk } from '../resnet/trunk.js'

/**
 * The simple baseline (Xiao et al. 2018) that HRNet's authors measure poses against: a ResNet, three transposed
 * convolutions from 1/32 to 1/4, heatmaps of human joints. Parameters are called as in their code.
 */
export function poseResnet(
  depth: ResNetDepth,
  options: JointOptions = {},
): Model<{ heatmaps: Feature<number, 4> }> {
  expectOptions(options, jointOptions, 'poseResnet')
  const { joints = pose.joints } = options
  return ofPhotograph(`pose-resnet-${depth}`, pose, (image) => {
    const [, , , coarsest] = resnetTrunk(image, depth)
    const up = (x: Feature, n: number): Feature => twice(x as Feature<number, 32>, 3 * n)
    const quarter = scope('deconv_layers', () => [0, 1, 2].reduce(up, coarsest))
    return { heatmaps: convHead(quarter as Feature<number, 4>, joints) }
  })
}

/** To twice the resolution. Convolution and norm are called by their numbers; a ReLU follows, and has one too. */
function twice(x: Feature<number, 32>, number: number): Feature {
  const wider = convTranspose(x, 256, { kernel: 4, stride: 2, name: `${number}` })
  return relu(batchNorm(wider, { name: `${number + 1}` }))
}
