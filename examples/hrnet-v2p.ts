import {
  averagePool,
  batchNorm,
  bottleneck,
  conv,
  everyToEvery,
  type Feature,
  fourBasic,
  image,
  type Model,
  model,
  type Pyramid,
  relu,
  repeat,
  scope,
  stage,
  upsampleConcat,
} from 'heddle'

const [a, b, c, d] = [18, 36, 72, 144] as const
const fusion = everyToEvery({ interpolation: { mode: 'nearest' } })

/** The trunk: from an image to four branches, 1/4 … 1/32 (section 3.1). */
function trunk(x: Feature<3, 1>): Pyramid<[18, 36, 72, 144], 4> {
  const half = conv(x, 64, { kernel: 3, stride: 2, name: 'conv1' })
  const inner = relu(batchNorm(half, { name: 'bn1' }), { name: 'relu1' })
  const quarter = conv(inner, 64, { kernel: 3, stride: 2, name: 'conv2' })
  const start = relu(batchNorm(quarter, { name: 'bn2' }), { name: 'relu2' })
  const stage1 = scope('layer1', () => repeat(4, bottleneck(256), start))
  const stage2 = stage(2, [stage1], { widths: [a, b], modules: 1, ...fourBasic, fusion })
  const stage3 = stage(3, stage2, { widths: [a, b, c], modules: 4, ...fourBasic, fusion })
  return stage(4, stage3, { widths: [a, b, c, d], modules: 3, ...fourBasic, fusion })
}

type Levels = {
  p2: Feature<256, 4>
  p3: Feature<256, 8>
  p4: Feature<256, 16>
  p5: Feature<256, 32>
  p6: Feature<256, 64>
}

/**
 * HRNetV2p-W18 for detection (Wang et al. 2020, section 3.2 and fig. 4 c): the branches upsampled, concatenated and
 * reduced to 256 channels at 1/4, this map pooled to five levels, and a 3×3 convolution on each of them.
 *
 *     heddle count ./hrnet-v2p.ts --input 800x1216
 *     heddle print ./hrnet-v2p.ts --input dynamic/64
 */
export const hrnetV2p: Model<Levels> = model(
  'hrnet-v2p-w18',
  image(3, { size: [800, 1216] }),
  (x) => {
    const branches = scope('backbone', () => trunk(x))
    return scope('neck', () => {
      const all = upsampleConcat(branches)
      const p2 = scope('reduction_conv', () => conv(all, 256, { kernel: 1, bias: true }))
      const p3 = averagePool(p2, { kernel: 2, stride: 2, name: 'pool2' })
      const p4 = averagePool(p2, { kernel: 4, stride: 4, name: 'pool4' })
      const p5 = averagePool(p2, { kernel: 8, stride: 8, name: 'pool8' })
      const p6 = averagePool(p2, { kernel: 16, stride: 16, name: 'pool16' })
      const level = { kernel: 3, bias: true } as const
      return scope('fpn_conv', () => ({
        p2: conv(p2, 256, level),
        p3: conv(p3, 256, level),
        p4: conv(p4, 256, level),
        p5: conv(p5, 256, level),
        p6: conv(p6, 256, level),
      }))
    })
  },
)
