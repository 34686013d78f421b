import { bottleneck, repeat, separableConvBn, type UnitOf, unit } from '../../dsl/blocks.js'
import { stage } from '../../dsl/branches.js'
import { expectOneOf } from '../../dsl/expect.js'
import type { Branches, Feature, Tokens } from '../../dsl/feature.js'
import { everyToEvery, type FusedOutputs } from '../../dsl/fusion.js'
import {
  add,
  attention,
  batchNorm,
  conv,
  depthwise,
  fromWindows,
  gelu,
  layerNorm,
  linear,
  relativePositionBias,
  windows,
} from '../../dsl/layers.js'
import { downBy, type UpPath } from '../../dsl/path.js'
import { scope } from '../../dsl/scope.js'
import { stem } from '../hrnet/trunk.js'

/** The finest branch's width and heads, which double with each branch; modules of each stage. */
const versions = {
  t: { width: 18, heads: 1, modules: [1, 3, 2] },
  s: { width: 32, heads: 1, modules: [1, 4, 2] },
  b: { width: 78, heads: 2, modules: [1, 4, 2] },
} as const

export type Version = keyof typeof versions

type Trunk = readonly [Feature<number, 4>, ...Feature[]]

interface TrunkOptions extends UpPath {
  /** Whether all four branches come out, or the finest only (all). */
  readonly outputs?: FusedOutputs
  /** Whether a bias for how far apart two positions are is added to their score (true). */
  readonly positionBias?: boolean
}

/**
 * HRFormer's branches at 1/4 … 1/32 of a picture (Yuan et al. 2021): those of HRNet, whose units attend within windows
 * of 7×7, and mix neighbours across them by a depthwise convolution.
 */
export function trunk(x: Feature<3, 1>, version: Version, options: TrunkOptions): Trunk {
  expectOneOf('choice', version, versions, 'the version of an HRFormer is')
  const { width, heads, modules } = versions[version]
  const { outputs, positionBias = true, ...up } = options
  const start = stem(x).quarter
  let branches: Branches = [scope('layer1', () => repeat(2, bottleneck(256), start))]
  for (const [i, count] of modules.entries()) {
    const all = Array.from({ length: i + 2 }, (_, branch) => 2 ** branch)
    branches = stage(i + 2, branches, {
      widths: all.map((times) => times * width),
      modules: count,
      unit: all.map((times) => transformer(times * heads, positionBias)),
      units: 2,
      fusion: everyToEvery({ ...up, down: downBy(separableConvBn) }),
      outputs: i === modules.length - 1 ? outputs : 'all',
    })
  }
  return branches as Trunk
}

/** Attention within windows, then a feed-forward network with a depthwise convolution, each around a shortcut. */
function transformer(heads: number, positionBias: boolean): UnitOf {
  return (channels) =>
    unit(channels, (x) => {
      const y = added(x, 'norm1', 'attn.attn', (normed) => attend(normed, heads, positionBias))
      return added(y, 'norm2', 'mlp', mixed)
    })
}

/** A feature, and what is made of it once it is normed. */
function added(x: Feature, norm: string, name: string, make: (y: Feature) => Feature): Feature {
  const normed = layerNorm(x, { name: norm, epsilon: 1e-6 })
  const made = scope(name, () => make(normed))
  return add(x, made)
}

function attend(x: Feature, heads: number, positionBias: boolean): Feature {
  const within = windows(x, 7)
  const of = (name: string): Tokens => linear(within, x.channels, { name })
  const bias = positionBias ? relativePositionBias(7, heads) : undefined
  const seen = attention(of('q_proj'), of('k_proj'), of('v_proj'), { heads, bias })
  return fromWindows(linear(seen, x.channels, { name: 'out_proj' }), 7, x)
}

function mixed(x: Feature): Feature {
  const norm = (n: number, y: Feature): Feature => gelu(batchNorm(y, { name: `norm${n}` }))
  const wide = norm(1, conv(x, 4 * x.channels, { kernel: 1, bias: true, name: 'fc1' }))
  const spread = norm(2, depthwise(wide, { kernel: 3, bias: true, name: 'dw3x3' }))
  return norm(3, conv(spread, x.channels, { kernel: 1, bias: true, name: 'fc2' }))
}
