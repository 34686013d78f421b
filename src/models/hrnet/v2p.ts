import { expectOptions, type OptionNames } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { type PyramidOptions, pyramidNeck } from '../../dsl/heads.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { detection } from '../defaults.js'
import { network } from './network.js'
import { type FusionOptions, fusionOptions, stem, trunk } from './trunk.js'

/** The levels of a feature pyramid by the names of their strides: p2 at 1/4 … p6 at 1/64. */
export type PyramidOutputs = {
  p2: Feature<256, 4>
  p3: Feature<256, 8>
  p4: Feature<256, 16>
  p5: Feature<256, 32>
  p6: Feature<256, 64>
}

/** `pooling` and `shareConv` as in the authors' configurations: how the coarser levels of the neck are made. */
export interface DetectionOptions
  extends FusionOptions,
    Pick<PyramidOptions<256>, 'pooling' | 'shareConv'> {}

const detectionOptions: OptionNames<DetectionOptions> = {
  pooling: true,
  shareConv: true,
  ...fusionOptions,
}

/**
 * HRNetV2p (section 3.2, fig. 4 c) for detection: trunk and pyramid neck, five levels of 256 channels, finest first.
 * Parameters are called `backbone.…` and `neck.…`, as in the authors' detectors.
 */
export function hrnetV2p(width: number, options: DetectionOptions = {}): Model<PyramidOutputs> {
  expectOptions(options, detectionOptions, 'hrnetV2p')
  const { alignCorners = false, pooling, shareConv } = options
  return network(`hrnet-v2p-w${width}`, detection, options, (x, fusion) => {
    const branches = scope('backbone', () => trunk(stem(x).quarter, width, fusion))
    const [p2, p3, p4, p5, p6] = scope('neck', () =>
      pyramidNeck(branches, {
        interpolation: { mode: 'bilinear', alignCorners },
        pooling,
        shareConv,
      }),
    )
    return { p2, p3, p4, p5, p6 }
  })
}
