import { upsampleConcat } from '../../dsl/branches.js'
import { expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { denseHead } from '../../dsl/heads.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import {
  denseHeadOf,
  type LandmarkOptions,
  landmarkOptions,
  landmarks,
  type SegmentationOptions,
  segmentation,
  segmentationOptions,
} from '../defaults.js'
import { network } from './network.js'
import { type FusionOptions, type Plan, small, standard, stem, trunk } from './trunk.js'

/** HRNetV2 (section 3.2, fig. 4 b) for segmentation: class scores at 1/4 of the input. */
export function hrnetV2(
  width: number,
  options: SegmentationOptions = {},
): Model<{ logits: Feature<number, 4> }> {
  return segmenter(`hrnet-v2-w${width}`, width, standard, options)
}

/** HRNetV2 on the small trunk `version`, whose width is 16 (v1) or 18 (v2). */
export function hrnetV2Small(
  version: 'v1' | 'v2',
  options: SegmentationOptions = {},
): Model<{ logits: Feature<number, 4> }> {
  return segmenter(`hrnet-v2-small-${version}`, small[version].width, small[version], options)
}

function segmenter(
  name: string,
  width: number,
  plan: Plan,
  options: SegmentationOptions,
): Model<{ logits: Feature<number, 4> }> {
  expectOptions(options, segmentationOptions, 'hrnetV2')
  const { classes = segmentation.classes } = options
  return network(name, segmentation, options, (x, fusion) => {
    const all = represented(x, width, fusion, plan)
    const head = denseHeadOf(options)
    return { logits: scope('last_layer', () => denseHead(all, all.channels, classes, head)) }
  })
}

/** HRNetV2 for facial landmarks (section 4.3): one heatmap for each, at 1/4 of the input. */
export function hrnetV2Landmarks(
  width: number,
  options: LandmarkOptions = {},
): Model<{ heatmaps: Feature<number, 4> }> {
  expectOptions(options, landmarkOptions, 'hrnetV2Landmarks')
  const { joints = landmarks.joints } = options
  return network(`hrnet-v2-landmarks-w${width}`, landmarks, options, (x, fusion) => {
    const all = represented(x, width, fusion, standard)
    const head = denseHeadOf(options)
    return { heatmaps: scope('head', () => denseHead(all, all.channels, joints, head)) }
  })
}

/** HRNetV2's representation: the four branches at the size of the finest, 15C channels at 1/4. */
export function represented(
  x: Feature<number, 1>,
  width: number,
  fusion: FusionOptions,
  plan: Plan,
): Feature<number, 4> {
  const branches = trunk(stem(x).quarter, width, fusion, { plan })
  return upsampleConcat(branches, { mode: 'bilinear', alignCorners: fusion.alignCorners ?? false })
}
