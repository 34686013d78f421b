import { convBnRelu } from '../../dsl/blocks.js'
import { expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { concat, conv, resize } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { type ClassOptions, classOptions, segmentation } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import { aspp } from './aspp.js'
import { xception71 } from './xception.js'

/**
 * DeepLabv3+ (Chen et al. 2018) on Xception-71, dilated from 1/8 on (Table 1): class scores at 1/4 of the input. Its
 * 3×3 convolutions are separable. The trunk is called as timm's, `backbone.…`.
 */
export function deeplabV3Plus(options: ClassOptions = {}): Model<{ logits: Feature<number, 4> }> {
  expectOptions(options, classOptions, 'deeplabV3Plus')
  const { classes = segmentation.classes } = options
  return ofPhotograph('deeplabv3plus-xception-71', segmentation, (image) => {
    const { quarter, coarsest } = scope('backbone', () => xception71(image, 8))
    const pyramid = scope('aspp', () => aspp(coarsest, separable))
    const logits = scope('decoder', () => {
      const low = scope('low', () => convBnRelu(quarter, 48, { kernel: 1 }))
      const both = concat(resize(pyramid, quarter, { mode: 'bilinear' }), low)
      const first = scope(0, () => separable(both, 256))
      const second = scope(1, () => separable(first, 256))
      return conv(second as Feature<number, 4>, classes, { kernel: 1, bias: true, name: 'logits' })
    })
    return { logits }
  })
}

function separable(x: Feature, channels: number, dilation = 1): Feature {
  const spatial = convBnRelu(x, x.channels, { kernel: 3, dilation, groups: x.channels })
  return convBnRelu(spatial, channels, { kernel: 1 })
}
