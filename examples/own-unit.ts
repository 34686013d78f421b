import {
  addShortcut,
  basic,
  convBn,
  convBnRelu,
  convHead,
  everyToEvery,
  type Feature,
  globalPool,
  image,
  linear,
  type Model,
  model,
  multiply,
  sigmoid,
  silu,
  stage,
  type UnitOf,
  unit,
} from 'heddle'

/**
 * An inverted residual (Sandler et al. 2018, fig. 4) with squeeze and excitation (Hu et al. 2018): widened by four,
 * filtered channel by channel, each channel weighed by what all positions say of it, and narrowed again.
 */
const inverted: UnitOf = (channels) =>
  unit(channels, (x) => {
    const wide = silu(convBn(x, 4 * channels, { kernel: 1 }))
    const filtered = silu(convBn(wide, wide.channels, { kernel: 3, groups: wide.channels }))
    const squeezed = silu(linear(globalPool(filtered), channels))
    const weighed = multiply(filtered, sigmoid(linear(squeezed, filtered.channels)))
    return addShortcut(convBn(weighed, channels, { kernel: 1 }), x)
  })

const fusion = everyToEvery({ interpolation: { mode: 'bilinear' } })

/**
 * A unit of one's own in the branches of a small HRNet: basic units on the finest branch, inverted residuals on the
 * coarser ones, and more of them the coarser the branch. A unit that puts out another width or stride than it
 * says is refused where it is used.
 *
 *     heddle count ./own-unit.ts --by layer
 *     heddle build ./own-unit.ts --input 32x64 --opset 21 -o own-unit.onnx --verify
 */
export const ownUnit: Model<{ heatmaps: Feature<5, 4> }> = model('own-unit', image(3), (x) => {
  const half = convBnRelu(x, 32, { kernel: 3, stride: 2 })
  const start = convBnRelu(half, 32, { kernel: 3, stride: 2 })
  const two = { widths: [24, 48], unit: [basic, inverted], units: [2, 2], modules: 1 } as const
  const stage2 = stage(2, [start], { ...two, fusion })
  const three = {
    widths: [24, 48, 96],
    unit: [basic, inverted, inverted],
    units: [2, 2, 4],
  } as const
  const [finest] = stage(3, stage2, { ...three, modules: 2, fusion, outputs: 'finest' })
  return { heatmaps: convHead(finest, 5) }
})
