import { expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { convHead, denseHead } from '../../dsl/heads.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import {
  denseHeadOf,
  type PoseOptions,
  pose,
  poseOptions,
  type SegmentationOptions,
  segmentation,
  segmentationOptions,
} from '../defaults.js'
import { network } from './network.js'
import { stem, trunk } from './trunk.js'

/** HRNetV1 (section 3.2, fig. 4 a) for human pose: one heatmap for each joint, at 1/4 of the input. */
export function hrnetV1(
  width: number,
  options: PoseOptions = {},
): Model<{ heatmaps: Feature<number, 4> }> {
  expectOptions(options, poseOptions, 'hrnetV1')
  const { joints = pose.joints, finalKernel: kernel = 1 } = options
  return network(`hrnet-v1-w${width}`, pose, options, (x, fusion) => {
    const [finest] = trunk(stem(x).quarter, width, fusion, { outputs: 'finest' })
    return { heatmaps: convHead(finest, joints, { kernel }) }
  })
}

/** HRNetV1h (section 4.4): V1's finest branch alone under a head as wide as HRNetV2's. Class scores at 1/4. */
export function hrnetV1h(
  width: number,
  options: SegmentationOptions = {},
): Model<{ logits: Feature<number, 4> }> {
  expectOptions(options, segmentationOptions, 'hrnetV1h')
  const { classes = segmentation.classes } = options
  return network(`hrnet-v1h-w${width}`, segmentation, options, (x, fusion) => {
    const [finest] = trunk(stem(x).quarter, width, fusion, { outputs: 'finest' })
    const head = denseHeadOf(options)
    return { logits: scope('last_layer', () => denseHead(finest, 15 * width, classes, head)) }
  })
}
