import { bottleneck, convBnRelu } from '../../dsl/blocks.js'
import { expectOptions } from '../../dsl/expect.js'
import type { Feature, Vector } from '../../dsl/feature.js'
import { add, batchNorm, depthwise, globalPool, linear } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import type { UpPath } from '../../dsl/path.js'
import { scope } from '../../dsl/scope.js'
import { type ClassOptions, classification, classOptions } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import { trunk, type Version } from './trunk.js'

/** By the nearest position; then bilinear, to the exact size where strides do not divide the input. */
const upward: UpPath = {
  interpolation: { mode: 'nearest' },
  toSize: { mode: 'bilinear', alignCorners: true },
}

/** HRFormer (Yuan et al. 2021) for classification: its branches are led into the coarsest, as in HRNet-C. */
export function hrformer(version: Version, options: ClassOptions = {}): Model<{ logits: Vector }> {
  expectOptions(options, classOptions, 'hrformer')
  const { classes = classification.classes } = options
  return ofPhotograph(`hrformer-${version}`, classification, (x) => {
    const coarsest = led(trunk(x, version, upward))
    const last = scope('final_layer', () => convBnRelu(coarsest, 2048, { kernel: 1, bias: true }))
    return { logits: linear(globalPool(last), classes, { name: 'classifier' }) }
  })
}

/** Branches widened by bottleneck units of depthwise convolutions, each added to the next through another. */
function led(branches: readonly Feature[]): Feature {
  const [finest, ...rest] = branches.map((x, i) =>
    scope(`incre_modules.${i}.0`, () => bottleneck(128 * 2 ** i, { groups: 32 * 2 ** i })(x)),
  ) as [Feature, ...Feature[]]
  return rest.reduce((x, next, i) => {
    const coarser = scope(`downsamp_modules.${i}`, () => {
      const spatial = batchNorm(depthwise(x, { kernel: 3, stride: 2, bias: true }))
      return convBnRelu(spatial as Feature, next.channels, { kernel: 1, bias: true })
    })
    return add(next, coarser)
  }, finest)
}
