import { convBnRelu } from '../../dsl/blocks.js'
import { expectOptions, type OptionNames } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { convHead, denseHead } from '../../dsl/heads.js'
import { batchNorm, concat, conv, crossAttention, relu, spatialGather } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import type { Stride } from '../../dsl/stride.js'
import { contextSegmentation } from '../defaults.js'
import { network } from './network.js'
import { type FusionOptions, fusionOptions, standard } from './trunk.js'
import { represented } from './v2.js'

export interface ContextOptions extends FusionOptions {
  readonly classes?: number
}

const contextOptions: OptionNames<ContextOptions> = { classes: true, ...fusionOptions }

/** Channels of the pixels and the regions, and of what they are compared by. */
const [middle, compared] = [512, 256]

/**
 * HRNet-OCR (Yuan et al. 2020): HRNetV2 whose pixels are described once more by the regions of the classes that they
 * belong to. Class scores at 1/4 of the input, twice: `aux`, by which the regions are taken, and `logits`.
 */
export function hrnetOcr(
  width: number,
  options: ContextOptions = {},
): Model<{ aux: Feature<number, 4>; logits: Feature<number, 4> }> {
  expectOptions(options, contextOptions, 'hrnetOcr')
  const { classes = contextSegmentation.classes } = options
  return network(`hrnet-ocr-w${width}`, contextSegmentation, options, (x, fusion) => {
    const all = represented(x, width, fusion, standard)
    const aux = scope('aux_head', () => denseHead(all, all.channels, classes))
    const pixels = scope('conv3x3_ocr', () => convBnRelu(all, middle, { kernel: 3, bias: true }))
    const described = scope('ocr_distri_head', () => {
      const context = scope('object_context_block', () => {
        const regions = spatialGather(pixels, aux)
        const query = pointwise('f_pixel', pixels, [compared, compared])
        const key = pointwise('f_object', regions, [compared, compared])
        const value = pointwise('f_down', regions, [compared])
        return pointwise('f_up', crossAttention(query, key, value), [middle])
      })
      return pointwise('conv_bn_dropout', concat(context, pixels), [middle])
    })
    return { aux, logits: convHead(described, classes, { name: 'cls_head' }) }
  })
}

/** 1×1 convolutions with batch norm and ReLU, by the numbers of the authors' code: `0`, `1.0`, `2`, `3.0`. */
function pointwise<S extends Stride>(
  name: string,
  x: Feature<number, S>,
  widths: readonly number[],
): Feature<number, S> {
  const one = (y: Feature<number, S>, width: number, i: number): Feature<number, S> => {
    const inner = conv(y, width, { kernel: 1, name: String(2 * i) })
    return scope(2 * i + 1, () => relu(batchNorm(inner)))
  }
  return scope(name, () => widths.reduce(one, x))
}
