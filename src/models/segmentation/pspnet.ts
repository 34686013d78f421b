import { convBnRelu } from '../../dsl/blocks.js'
import { expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { adaptivePool, batchNorm, concat, conv, relu, resize } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { type ClassOptions, classOptions, segmentation } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import { resnetTrunk } from '../resnet/trunk.js'

/** Windows along a side: the whole map, quarters, … */
const grids = [1, 2, 3, 6]

/**
 * PSPNet (Zhao et al. 2017) on ResNet-101, dilated from 1/8 on (Table 1): class scores at 1/8 of the input. The head is
 * called as in its authors' PyTorch code: `ppm.features.{grid}`, `cls`.
 */
export function pspnet(options: ClassOptions = {}): Model<{ logits: Feature }> {
  expectOptions(options, classOptions, 'pspnet')
  const { classes = segmentation.classes } = options
  return ofPhotograph('pspnet-resnet-101', segmentation, (image) => {
    const [, , , coarsest] = scope('backbone', () =>
      resnetTrunk(image, 101, { stem: 'deep', outputStride: 8 }),
    )
    const all = scope('ppm.features', () => pyramid(coarsest))
    const logits = scope('cls', () => {
      const inner = convBnRelu(all, 512, { kernel: 3 })
      return conv(inner, classes, { kernel: 1, bias: true, name: '4' })
    })
    return { logits }
  })
}

/** A feature beside its means over ever finer grids, each of a quarter of its width. */
function pyramid(x: Feature): Feature {
  const means = grids.map((grid, i) =>
    scope(i, () => {
      const narrow = conv(adaptivePool(x, [grid, grid]), x.channels / 4, { kernel: 1, name: '1' })
      const mean = relu(batchNorm(narrow, { name: '2' }))
      return resize(mean, x, { mode: 'bilinear', alignCorners: true })
    }),
  )
  return concat(x, ...means)
}
