import {
  basic,
  batchNorm,
  bottleneck,
  conv,
  denseHead,
  everyToEvery,
  type Feature,
  image,
  type Model,
  model,
  relu,
  repeat,
  scope,
  stage,
  upsampleConcat,
} from 'heddle'

const [a, b, c, d] = [8, 16, 32, 64] as const
const labels = ['background', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const
const normalisation = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] }

const fusion = everyToEvery({ interpolation: { mode: 'bilinear' } })
const block = { modules: 1, unit: basic, units: 1, fusion } as const

/**
 * A small HRNetV2 (Wang et al. 2020, section 3 and fig. 4 b) that segments handwritten digits: a stem of 16 channels,
 * one unit in stage 1 and on each branch, one module a stage. 250,331 parameters. It was trained in PyTorch: its
 * weights, its score and the script are in the folder `digits` beside it.
 *
 *     heddle count ./digits.ts --by stage
 *     heddle build ./digits.ts --weights digits/digits.safetensors -o digits.onnx
 */
export const digits: Model<{ logits: Feature<11, 4> }> = model(
  'digits',
  image(3, { size: [128, 192], normalisation }),
  (x) => {
    const half = conv(x, 16, { kernel: 3, stride: 2, name: 'conv1' })
    const inner = relu(batchNorm(half, { name: 'bn1' }), { name: 'relu1' })
    const quarter = conv(inner, 16, { kernel: 3, stride: 2, name: 'conv2' })
    const start = relu(batchNorm(quarter, { name: 'bn2' }), { name: 'relu2' })
    const stage1 = scope('layer1', () => repeat(1, bottleneck(64), start))
    const stage2 = stage(2, [stage1], { widths: [a, b], ...block })
    const stage3 = stage(3, stage2, { widths: [a, b, c], ...block })
    const stage4 = stage(4, stage3, { widths: [a, b, c, d], ...block })
    const all = upsampleConcat(stage4)
    return { logits: scope('last_layer', () => denseHead(all, all.channels, 11)) }
  },
  { answer: { kind: 'segmentation', output: 'logits', labels } },
)
