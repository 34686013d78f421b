import { convBnRelu } from '../dsl/blocks.js'
import { upsampleConcat } from '../dsl/branches.js'
import type { Feature } from '../dsl/feature.js'
import { conv } from '../dsl/layers.js'
import { image, type Model, model } from '../dsl/model.js'
import { scope } from '../dsl/scope.js'
import { type FusionOptions, stem, trunk } from './trunk.js'

export interface SegmentationOptions extends FusionOptions {
  readonly classes?: number
}

/** HRNetV2 (section 3.2, fig. 4 b) for segmentation: class scores at 1/4 of the input. */
export function hrnetV2(
  width: number,
  options: SegmentationOptions = {},
): Model<{ scores: Feature<number, 4> }> {
  const { classes = 19, upsample = 'bilinear', alignCorners = false } = options
  return model(`hrnet-v2-w${width}`, image(3, { size: [1024, 2048] }), (x) => {
    const branches = trunk(stem(x).quarter, width, { ...options, upsample })
    return scope('last_layer', () => {
      const fused = upsampleConcat(branches, { mode: 'bilinear', alignCorners })
      const head = convBnRelu(fused, fused.channels, { kernel: 1, bias: true })
      return { scores: conv(head, classes, { kernel: 1, bias: true }) }
    })
  })
}
