import {
  batchNorm,
  bottleneck,
  conv,
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
} from 'heddle'

const [a, b, c, d] = [32, 64, 128, 256] as const
const joints = 17
const fusion = everyToEvery({ interpolation: { mode: 'nearest' } })

/**
 * HRNetV1-W32 for human pose (Sun et al. 2019; Wang et al. 2020, section 4.1 and fig. 4 a): a heatmap for each of
 * COCO's joints, at 1/4 of the input, from the finest branch alone. What the last fusion would put out on the
 * others does not exist. Its parameters are called as in the authors' code: 28,536,113.
 *
 *     heddle count ./hrnet-v1-pose.ts --by stage
 *     heddle build ./hrnet-v1-pose.ts --batch dynamic -o pose.onnx
 */
export const hrnetV1: Model<{ heatmaps: Feature<number, 4> }> = model(
  'hrnet-v1-w32',
  image(3, { size: [256, 192] }),
  (x) => {
    const half = conv(x, 64, { kernel: 3, stride: 2, name: 'conv1' })
    const inner = relu(batchNorm(half, { name: 'bn1' }), { name: 'relu1' })
    const quarter = conv(inner, 64, { kernel: 3, stride: 2, name: 'conv2' })
    const start = relu(batchNorm(quarter, { name: 'bn2' }), { name: 'relu2' })
    const stage1 = scope('layer1', () => repeat(4, bottleneck(256), start))
    const block = { ...fourBasic, fusion }
    const stage2 = stage(2, [stage1], { widths: [a, b], modules: 1, ...block })
    const stage3 = stage(3, stage2, { widths: [a, b, c], modules: 4, ...block })
    const last = { widths: [a, b, c, d], modules: 3, ...block, outputs: 'finest' } as const
    const [finest] = stage(4, stage3, last)
    return { heatmaps: conv(finest, joints, { kernel: 1, bias: true, name: 'final_layer' }) }
  },
)
