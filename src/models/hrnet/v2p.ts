import { expectOptions, type OptionNames } from '../../dsl/expect.js'
import type { Feature, Pyramid } from '../../dsl/feature.js'
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

/** The same in a row. */
export type PyramidLevels = Pyramid<readonly [256, 256, 256, 256, 256], 4>

/** `pooling` and `shareConv` as in the authors' configurations: how the coarser levels of the neck are made. */
export interface DetectionOptions
  extends FusionOptions,
    Pick<PyramidOptions<256>, 'pooling' | 'shareConv'> {}

export const detectionOptions: OptionNames<DetectionOptions> = {
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
  return network(`hrnet-v2p-w${width}`, detection, options, (x, fusion) => {
    const [p2, p3, p4, p5, p6] = hrfpn(x, width, fusion, options)
    return { p2, p3, p4, p5, p6 }
  })
}

/** The five levels of HRNetV2p, of a picture. */
export function hrfpn(
  x: Feature<3, 1>,
  width: number,
  fusion: FusionOptions,
  { alignCorners = false, pooling, shareConv }: DetectionOptions,
): PyramidLevels {
  const branches = scope('backbone', () => trunk(stem(x).quarter, width, fusion))
  const interpolation = { mode: 'bilinear', alignCorners } as const
  return scope('neck', () => pyramidNeck(branches, { interpolation, pooling, shareConv }))
}
