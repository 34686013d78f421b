import { expectOptions } from '../../dsl/expect.js'
import type { Pyramid } from '../../dsl/feature.js'
import { featurePyramid } from '../../dsl/feature-pyramid.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { detection } from '../defaults.js'
import type { PyramidOutputs } from '../hrnet/v2p.js'
import { ofPhotograph } from '../photograph.js'
import { resnetName } from './name.js'
import type { ResNetDepth } from './plan.js'
import { type ResNetOptions, resnetOptions, resnetTrunk } from './trunk.js'

/**
 * ResNet-FPN for detection (Tables 5 to 8): trunk and feature pyramid, five levels of 256 channels, finest first.
 * Unless told, the first 1×1 convolutions coarsen, as Table 5 has it; ResNeXt's 3×3 do. Parameters are called
 * `backbone.…` and `neck.…`, as in mmdetection's detectors.
 */
export function resnetFpn(depth: ResNetDepth, options: ResNetOptions = {}): Model<PyramidOutputs> {
  expectOptions(options, resnetOptions, 'resnetFpn')
  const { strideFirst = (options.groups ?? 1) === 1 } = options
  return ofPhotograph(`${resnetName(depth, options)}-fpn`, detection, (x) => {
    const branches = scope('backbone', () => resnetTrunk(x, depth, { ...options, strideFirst }))
    const levels = scope('neck', () =>
      featurePyramid(branches as Pyramid<[number, number, number, number], 4>),
    )
    const [p2, p3, p4, p5, p6] = levels
    return { p2, p3, p4, p5, p6 }
  })
}
