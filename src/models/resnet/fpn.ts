import { expectOptions } from '../../dsl/expect.js'
import type { Feature, Pyramid } from '../../dsl/feature.js'
import { featurePyramid } from '../../dsl/feature-pyramid.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { detection } from '../defaults.js'
import type { PyramidLevels, PyramidOutputs } from '../hrnet/v2p.js'
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
  return ofPhotograph(`${resnetName(depth, options)}-fpn`, detection, (x) => {
    const [p2, p3, p4, p5, p6] = fpn(x, depth, options)
    return { p2, p3, p4, p5, p6 }
  })
}

/** The five levels of ResNet-FPN, of a picture. */
export function fpn(x: Feature<3, 1>, depth: ResNetDepth, options: ResNetOptions): PyramidLevels {
  const { strideFirst = (options.groups ?? 1) === 1 } = options
  const branches = scope('backbone', () => resnetTrunk(x, depth, { ...options, strideFirst }))
  return scope('neck', () =>
    featurePyramid(branches as Pyramid<[number, number, number, number], 4>),
  )
}
