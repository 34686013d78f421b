import { basic } from '../../dsl/blocks.js'
import { expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { convHead } from '../../dsl/heads.js'
import { batchNorm, concat, convTranspose, relu } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { bottomUpPose, type PoseOptions, poseOptions } from '../defaults.js'
import { network } from '../hrnet/network.js'
import { stem, trunk } from '../hrnet/trunk.js'

/**
 * HigherHRNet (Cheng et al. 2020) for the joints of all people in a picture: `stride4`, a heatmap for each joint and
 * then a tag map for each, which tells whose joint it is; `stride2`, the heatmaps again, at 1/2. Both are of raw scores.
 */
export function higherHrnet(
  width: number,
  options: PoseOptions = {},
): Model<{ stride4: Feature<number, 4>; stride2: Feature<number, 2> }> {
  expectOptions(options, poseOptions, 'higherHrnet')
  const { joints = bottomUpPose.joints, finalKernel: kernel = 1 } = options
  return network(`higher-hrnet-w${width}`, bottomUpPose, options, (x, fusion) => {
    const [finest] = trunk(stem(x).quarter, width, fusion, { outputs: 'finest' })
    const stride4 = convHead(finest, 2 * joints, { kernel, name: 'final_layers.0' })
    const half = scope('deconv_layers.0', () => upsampled(concat(finest, stride4), width))
    return { stride4, stride2: convHead(half, joints, { kernel, name: 'final_layers.1' }) }
  })
}

/** A transposed convolution to twice the resolution, and four basic units there. */
function upsampled(x: Feature<number, 4>, width: number): Feature<number, 2> {
  const start = scope(0, () => relu(batchNorm(convTranspose(x, width, { kernel: 4, stride: 2 }))))
  return [1, 2, 3, 4].reduce((y, n) => scope(`${n}.0`, () => basic(width)(y)), start)
}
