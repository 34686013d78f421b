import { expectOptions, type OptionNames } from '../../dsl/expect.js'
import type { Vector } from '../../dsl/feature.js'
import { globalPool, linear } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { classification } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import { resnetName } from './name.js'
import type { ResNetDepth } from './plan.js'
import { type ResNetOptions, resnetOptions, resnetTrunk } from './trunk.js'

export interface ResNetClassifierOptions extends ResNetOptions {
  readonly classes?: number
}

const classifierOptions: OptionNames<ResNetClassifierOptions> = { classes: true, ...resnetOptions }

/**
 * ResNet (He et al. 2016) as in Table 14: its stem is HRNet's, unless another is asked for, and its 3×3 convolutions
 * coarsen. Class scores of an image. Parameters are called as torchvision's.
 */
export function resnet(
  depth: ResNetDepth,
  { classes = classification.classes, ...options }: ResNetClassifierOptions = {},
): Model<{ logits: Vector }> {
  expectOptions({ classes, ...options }, classifierOptions, 'resnet')
  return ofPhotograph(resnetName(depth, options), classification, (x) => {
    const [, , , coarsest] = resnetTrunk(x, depth, { stem: '3x3', ...options })
    return { logits: linear(globalPool(coarsest), classes, { name: 'fc' }) }
  })
}
