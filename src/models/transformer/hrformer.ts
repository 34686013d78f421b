import {
  bottleneck,
  convBn,
  convBnRelu,
  repeat,
  separableConvBn,
  type UnitOf,
  unit,
} from '../../dsl/blocks.js'
import { stage } from '../../dsl/branches.js'
import { expectOneOf, expectOptions } from '../../dsl/expect.js'
import type { Branches, Feature, Tokens, Vector } from '../../dsl/feature.js'
import { everyToEvery, type Fusion } from '../../dsl/fusion.js'
import {
  add,
  attention,
  batchNorm,
  conv,
  depthwise,
  fromWindows,
  gelu,
  globalPool,
  layerNorm,
  linear,
  relativePositionBias,
  resize,
  windows,
} from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { downBy, type Path } from '../../dsl/path.js'
import { scope } from '../../dsl/scope.js'
import { type ClassOptions, classification, classOptions } from '../defaults.js'
import { stem } from '../hrnet/trunk.js'
import { ofPhotograph } from '../photograph.js'

/** The finest branch's width and heads, which double with each branch; modules of each stage. */
const versions = {
  t: { width: 18, heads: 1, modules: [1, 3, 2] },
  s: { width: 32, heads: 1, modules: [1, 4, 2] },
  b: { width: 78, heads: 2, modules: [1, 4, 2] },
} as const

/** Upsampled by the nearest position; by a bilinear resize to the exact size where strides do not divide the input. */
const upward: Path = (x, { channels, stride, branch }) => {
  const nearest = resize(convBn(x, channels, { kernel: 1 }), stride, { mode: 'nearest' })
  return resize(nearest, branch, { mode: 'bilinear', alignCorners: true })
}

const fusion: Fusion = (branches) =>
  everyToEvery({ interpolation: { mode: 'nearest' }, down: downBy(separableConvBn) })(branches).map(
    (each) => (each.from > each.to ? { ...each, path: upward } : each),
  )

/**
 * HRFormer (Yuan et al. 2021) for classification: HRNet whose units attend within windows of 7×7, and mix neighbours
 * across them by a depthwise convolution.
 */
export function hrformer(
  version: keyof typeof versions,
  options: ClassOptions = {},
): Model<{ logits: Vector }> {
  expectOptions(options, classOptions, 'hrformer')
  expectOneOf('choice', version, versions, 'the version of an HRFormer is')
  const { classes = classification.classes } = options
  const { width, heads, modules } = versions[version]
  return ofPhotograph(`hrformer-${version}`, classification, (x) => {
    const start = stem(x).quarter
    let branches: Branches = [scope('layer1', () => repeat(2, bottleneck(256), start))]
    for (const [i, count] of modules.entries()) {
      const all = Array.from({ length: i + 2 }, (_, branch) => 2 ** branch)
      branches = stage(i + 2, branches, {
        widths: all.map((times) => times * width),
        modules: count,
        unit: all.map((times) => transformer(times * heads)),
        units: 2,
        fusion,
      })
    }
    const coarsest = led(branches)
    const last = scope('final_layer', () => convBnRelu(coarsest, 2048, biased))
    return { logits: linear(globalPool(last), classes, { name: 'classifier' }) }
  })
}

const biased = { kernel: 1, bias: true } as const

/** Attention within windows, then a feed-forward network with a depthwise convolution, each around a shortcut. */
function transformer(heads: number): UnitOf {
  return (channels) =>
    unit(channels, (x) => {
      const y = added(x, 'norm1', 'attn.attn', (normed) => attend(normed, heads))
      return added(y, 'norm2', 'mlp', mixed)
    })
}

/** A feature, and what is made of it once it is normed. */
function added(x: Feature, norm: string, name: string, make: (y: Feature) => Feature): Feature {
  const normed = layerNorm(x, { name: norm, epsilon: 1e-6 })
  const made = scope(name, () => make(normed))
  return add(x, made)
}

function attend(x: Feature, heads: number): Feature {
  const within = windows(x, 7)
  const of = (name: string): Tokens => linear(within, x.channels, { name })
  const bias = relativePositionBias(7, heads)
  const seen = attention(of('q_proj'), of('k_proj'), of('v_proj'), { heads, bias })
  return fromWindows(linear(seen, x.channels, { name: 'out_proj' }), 7, x)
}

function mixed(x: Feature): Feature {
  const norm = (n: number, y: Feature): Feature => gelu(batchNorm(y, { name: `norm${n}` }))
  const wide = norm(1, conv(x, 4 * x.channels, { ...biased, name: 'fc1' }))
  const spread = norm(2, depthwise(wide, { kernel: 3, bias: true, name: 'dw3x3' }))
  return norm(3, conv(spread, x.channels, { ...biased, name: 'fc2' }))
}

/** Branches widened by bottleneck units of depthwise convolutions, and led into the coarsest, as in HRNet-C. */
function led(branches: Branches): Feature {
  const [finest, ...rest] = branches.map((x, i) =>
    scope(`incre_modules.${i}.0`, () => bottleneck(128 * 2 ** i, { groups: 32 * 2 ** i })(x)),
  ) as [Feature, ...Feature[]]
  return rest.reduce((x, next, i) => {
    const coarser = scope(`downsamp_modules.${i}`, () => {
      const spatial = batchNorm(depthwise(x, { kernel: 3, stride: 2, bias: true }))
      return convBnRelu(spatial as Feature, next.channels, biased)
    })
    return add(next, coarser)
  }, finest)
}
