import { expectOneOf, expectOptions } from '../../dsl/expect.js'
import type { Model } from '../../dsl/model.js'
import { detection } from '../defaults.js'
import { network } from '../hrnet/network.js'
import { type DetectionOptions, detectionOptions, hrfpn } from '../hrnet/v2p.js'
import { ofPhotograph } from '../photograph.js'
import { fpn } from '../resnet/fpn.js'
import { resnetName } from '../resnet/name.js'
import type { ResNetDepth } from '../resnet/plan.js'
import { type ResNetOptions, resnetOptions } from '../resnet/trunk.js'
import { type Detector, detectors, type FoundBy, type RcnnOptions, rcnnOptions } from './r-cnn.js'

/** Of a detector over HRNetV2p, also how that fuses, and how its coarser levels are made. */
export interface HrnetDetectorOptions extends DetectionOptions, RcnnOptions {}
/** Of a detector over ResNet-FPN, also what ResNets differ in. */
export interface ResNetDetectorOptions extends ResNetOptions, RcnnOptions {}

/**
 * Faster, Mask or Cascade R-CNN over HRNetV2p (section 4.2, Tables 5 to 8), of one picture: a hundred `boxes`, `scores` and
 * `labels`, and `masks` of Mask R-CNN. Parameters are called as in mmdetection 1: `backbone.…`, `neck.…`, `rpn_head.…`,
 * `bbox_head.…`, `mask_head.…`.
 */
export function hrnetDetector<D extends Detector>(
  detector: D,
  width: number,
  options: HrnetDetectorOptions = {},
): Model<FoundBy<D>> {
  expectOneOf('choice', detector, detectors, 'a detector is')
  expectOptions(options, { ...rcnnOptions, ...detectionOptions }, 'hrnetDetector')
  return network(`${detector}-rcnn-hrnet-v2p-w${width}`, detection, options, (x, fusion) => {
    const levels = hrfpn(x, width, fusion, options)
    return detectors[detector](levels, x, options) as FoundBy<D>
  })
}

/** The same over ResNet-FPN, or ResNeXt-FPN. */
export function resnetDetector<D extends Detector>(
  detector: D,
  depth: ResNetDepth,
  options: ResNetDetectorOptions = {},
): Model<FoundBy<D>> {
  expectOneOf('choice', detector, detectors, 'a detector is')
  expectOptions(options, { ...rcnnOptions, ...resnetOptions }, 'resnetDetector')
  const { classes, proposals, detections, ...trunk } = options
  return ofPhotograph(`${detector}-rcnn-${resnetName(depth, trunk)}-fpn`, detection, (x) => {
    const levels = fpn(x, depth, trunk)
    return detectors[detector](levels, x, options) as FoundBy<D>
  })
}
