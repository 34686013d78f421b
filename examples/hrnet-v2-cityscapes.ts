import {
  batchNorm,
  bottleneck,
  conv,
  denseHead,
  everyToEvery,
  type Feature,
  fourBasic,
  image,
  type Model,
  model,
  relu,
  repeat,
  scope,
  stage,
  upsampleConcat,
} from 'heddle'

const [a, b, c, d] = [48, 96, 192, 384] as const
const classes = 19
const fusion = everyToEvery({ interpolation: { mode: 'bilinear' } })

/**
 * HRNetV2-W48 for Cityscapes (Wang et al. 2020, section 3 and fig. 4 b): four branches of 48 to 384 channels, all
 * upsampled to the finest and concatenated, class scores at 1/4 of the input. Its parameters are called as in the
 * authors' code: 65,859,379, and 747,513,053,184 multiply-accumulates at 1024x2048.
 *
 *     heddle count ./hrnet-v2-cityscapes.ts
 *     heddle build ./hrnet-v2-cityscapes.ts --input 512x1024 -o cityscapes.onnx
 */
export const hrnetV2: Model<{ logits: Feature<number, 4> }> = model(
  'hrnet-v2-w48',
  image(3, { size: [1024, 2048] }),
  (x) => {
    const half = conv(x, 64, { kernel: 3, stride: 2, name: 'conv1' })
    const inner = relu(batchNorm(half, { name: 'bn1' }), { name: 'relu1' })
    const quarter = conv(inner, 64, { kernel: 3, stride: 2, name: 'conv2' })
    const start = relu(batchNorm(quarter, { name: 'bn2' }), { name: 'relu2' })
    const stage1 = scope('layer1', () => repeat(4, bottleneck(256), start))
    const stage2 = stage(2, [stage1], { widths: [a, b], modules: 1, ...fourBasic, fusion })
    const stage3 = stage(3, stage2, { widths: [a, b, c], modules: 4, ...fourBasic, fusion })
    const stage4 = stage(4, stage3, { widths: [a, b, c, d], modules: 3, ...fourBasic, fusion })
    const all = upsampleConcat(stage4)
    return { logits: scope('last_layer', () => denseHead(all, all.channels, classes)) }
  },
)
