import { expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { widen } from '../../dsl/heads.js'
import type { Model } from '../../dsl/model.js'
import { representation } from '../defaults.js'
import { network } from './network.js'
import { type FusionOptions, fusionOptions, stem, trunk } from './trunk.js'

/** HRNet's four branches of C, 2C, 4C, 8C channels (fig. 2), each under the name of its stride. */
export function hrnetTrunk(
  width: number,
  options: FusionOptions = {},
): Model<{
  stride4: Feature<number, 4>
  stride8: Feature<number, 8>
  stride16: Feature<number, 16>
  stride32: Feature<number, 32>
}> {
  expectOptions(options, fusionOptions, 'hrnetTrunk')
  return network(`hrnet-w${width}-trunk`, representation, options, (x, fusion) => {
    const branches = trunk(stem(x).quarter, width, fusion)
    const [stride4, stride8, stride16, stride32] = branches
    return { stride4, stride8, stride16, stride32 }
  })
}

/**
 * timm's feature levels: f0, the middle of the stem at 1/2 (64 channels), and f1 … f4, the branches widened as in
 * HRNet-C's head (128, 256, 512, 1024 channels at 1/4 … 1/32).
 */
export function hrnetFeatures(
  width: number,
  options: FusionOptions = {},
): Model<{
  f0: Feature<64, 2>
  f1: Feature<128, 4>
  f2: Feature<256, 8>
  f3: Feature<512, 16>
  f4: Feature<1024, 32>
}> {
  expectOptions(options, fusionOptions, 'hrnetFeatures')
  return network(`hrnet-w${width}-features`, representation, options, (x, fusion) => {
    const { half, quarter } = stem(x)
    const branches = trunk(quarter, width, fusion)
    const [f1, f2, f3, f4] = widen(branches, [128, 256, 512, 1024])
    return { f0: half, f1, f2, f3, f4 }
  })
}
