import { expectOptions, type OptionNames } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { batchNorm, conv, relu } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { type ClassOptions, classOptions, segmentation } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import { resnetTrunk } from '../resnet/trunk.js'
import { aspp } from './aspp.js'

export interface DeepLabV3Options extends ClassOptions {
  /** Whether a 3×3 convolution stands before the last one (false): torchvision has it, Chen et al. have not. */
  readonly headConv?: boolean
}

const deeplabOptions: OptionNames<DeepLabV3Options> = { headConv: true, ...classOptions }

/**
 * DeepLabv3 (Chen et al. 2017) on ResNet-101, dilated from 1/8 on (Table 1): class scores at 1/8 of the input.
 * Parameters are called as torchvision's.
 */
export function deeplabV3(options: DeepLabV3Options = {}): Model<{ logits: Feature }> {
  expectOptions(options, deeplabOptions, 'deeplabV3')
  const { classes = segmentation.classes, headConv = false } = options
  return ofPhotograph('deeplabv3-resnet-101', segmentation, (image) => {
    const [, , , coarsest] = scope('backbone', () => resnetTrunk(image, 101, { outputStride: 8 }))
    const logits = scope('classifier', () => {
      const pyramid = scope(0, () => aspp(coarsest))
      const last = headConv ? refined(pyramid) : pyramid
      return conv(last, classes, { kernel: 1, bias: true, name: '4' })
    })
    return { logits }
  })
}

/** Torchvision's Sequential goes on counting behind the pyramid. */
function refined(x: Feature<256>): Feature<256> {
  return relu(batchNorm(conv(x, 256, { kernel: 3, name: '1' }), { name: '2' }))
}
