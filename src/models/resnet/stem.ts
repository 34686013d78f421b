import { numbered } from '../../dsl/blocks.js'
import type { Feature } from '../../dsl/feature.js'
import { maxPool } from '../../dsl/layers.js'

/** Where a ResNet starts: from an image to a feature at 1/4, by a max pooling in all but the paper's. */
export type ResNetStem = keyof typeof stems

export const stems = {
  /** He et al. 2016: one 7×7 convolution. */
  '7x7': (image: Feature<number, 1>): Feature<number, 4> =>
    pooled(numbered(1, image, 64, { kernel: 7, stride: 2 })),
  /** Table 14: two 3×3 convolutions of stride 2, as HRNet's. */
  '3x3': (image: Feature<number, 1>): Feature<number, 4> =>
    numbered(2, numbered(1, image, 64, threeBy2), 64, threeBy2),
  /** PSPNet (Zhao et al. 2017): three 3×3 convolutions, the first of stride 2, to 64, 64 and 128 channels. */
  deep: (image: Feature<number, 1>): Feature<number, 4> => {
    const half = numbered(2, numbered(1, image, 64, threeBy2), 64, { kernel: 3 })
    return pooled(numbered(3, half, 128, { kernel: 3 }))
  },
}

const threeBy2 = { kernel: 3, stride: 2 } as const

function pooled(x: Feature<number, 2>): Feature<number, 4> {
  return maxPool(x, { kernel: 3, stride: 2, name: 'maxpool' })
}
