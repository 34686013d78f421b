import { numbered } from '../../dsl/blocks.js'
import type { Feature } from '../../dsl/feature.js'
import { maxPool } from '../../dsl/layers.js'

/** Where a ResNet starts: from an image to a feature at 1/4, by a max pooling in all but the paper's. */
export type ResNetStem = keyof typeof stems

/** An image at 1/2, which decoders go back to, and at 1/4. */
export interface Stem {
  readonly half: Feature<number, 2>
  readonly quarter: Feature<number, 4>
}

export const stems = {
  /** He et al. 2016: one 7×7 convolution. */
  '7x7': (image: Feature<number, 1>): Stem => pooled(numbered(1, image, 64, by2(7))),
  /** Table 14: two 3×3 convolutions of stride 2, as HRNet's. */
  '3x3': (image: Feature<number, 1>): Stem => {
    const half = numbered(1, image, 64, by2(3))
    return { half, quarter: numbered(2, half, 64, by2(3)) }
  },
  /** PSPNet (Zhao et al. 2017): three 3×3 convolutions, the first of stride 2, to 64, 64 and 128 channels. */
  deep: (image: Feature<number, 1>): Stem => {
    const first = numbered(1, image, 64, by2(3))
    return pooled(numbered(3, numbered(2, first, 64, { kernel: 3 }), 128, { kernel: 3 }))
  },
}

function by2(kernel: 3 | 7): { readonly kernel: 3 | 7; readonly stride: 2 } {
  return { kernel, stride: 2 }
}

function pooled(half: Feature<number, 2>): Stem {
  return { half, quarter: maxPool(half, { kernel: 3, stride: 2, name: 'maxpool' }) }
}
