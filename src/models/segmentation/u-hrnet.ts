import { basic, bottleneck, type Convolving, convBn, convBnRelu, repeat } from '../../dsl/blocks.js'
import { multiResolutionBlock, transition, upsampleConcat } from '../../dsl/branches.js'
import { expectOneOf, expectOptions } from '../../dsl/expect.js'
import type { Branches, Feature } from '../../dsl/feature.js'
import { everyToEvery } from '../../dsl/fusion.js'
import { averageChannels, concat, conv, relu, resize } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { downBy } from '../../dsl/path.js'
import { scope, spelled } from '../../dsl/scope.js'
import { type ClassOptions, classOptions, paddleSegmentation as task } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'

/** Units on each branch, and the modules of stages 2 to 9. */
const plans = {
  full: { units: 4, modules: [1, 5, 2, 2, 1, 1, 1, 1] },
  small: { units: 2, modules: [1, 2, 2, 2, 1, 1, 1, 1] },
} as const

const halving = { kernel: 3, stride: 2 } as const
const bilinear = { mode: 'bilinear' } as const

/** Paddle pads as TensorFlow does: a 3×3 convolution of stride 2 begins at the first pixel of an even side. */
const samePadded: Convolving = (x, channels, options) =>
  convBn(x, channels, { ...options, padding: 'same' })

/**
 * U-HRNet (Wang et al. 2022) under an FCN head: stages of two branches each, down to 1/64 and up again, and class
 * scores at 1/4. The width is even. Parameters are called as PaddleSeg's, with the statistics of norms as PyTorch's.
 */
export function uHrnet(
  width: number,
  options: ClassOptions = {},
  version: keyof typeof plans = 'full',
): Model<{ logits: Feature<number, 4> }> {
  expectOptions(options, classOptions, 'uHrnet')
  expectOneOf('choice', version, plans, 'the version of a U-HRNet is')
  const { classes = task.classes } = options
  const { units, modules } = plans[version]
  const fusion = everyToEvery({ interpolation: bilinear, down: downBy(samePadded) })
  const stage = <B extends Branches>(number: number, branches: B): B => {
    let xs: Branches = branches
    for (let m = 0; m < (modules[number - 2] as number); m++)
      xs = scope(`stage${number}.${m}`, () =>
        multiResolutionBlock(xs, { unit: basic, units, fusion }),
      )
    return xs as B
  }
  return ofPhotograph(`u-hrnet-w${width}${version === 'small' ? '-small' : ''}`, task, (x) =>
    spelled(paddleName, () => {
      const levels = scope('backbone', () => {
        const half = scope('conv_layer1_1', () => relu(samePadded(x, 64, halving)))
        const quarter = scope('conv_layer1_2', () => relu(samePadded(half, 64, halving)))
        const one = scope('layer1', () => repeat(units, bottleneck(256), quarter))
        const two = stage(2, down(1, one, width))
        const three = stage(3, down(2, two[1]))
        const four = stage(4, down(3, three[1]))
        const five = stage(5, down(4, four[1]))
        const six = stage(6, up(5, five[0], four[0]))
        const seven = stage(7, up(6, six[0], three[0]))
        const eight = stage(8, up(7, seven[0], two[0]))
        const [nine] = stage(9, [eight[0]] as const)
        return [nine, eight[1], seven[1], six[1], five[1]].map(halved)
      })
      const all = upsampleConcat(levels, bilinear) as Feature<number, 4>
      const inner = scope('head.conv_1', () =>
        convBnRelu(all, all.channels, { kernel: 1, bias: true }),
      )
      return { logits: conv(inner, classes, { kernel: 1, bias: true, name: 'head.cls' }) }
    }),
  )
}

type Two = readonly [fine: Feature, coarse: Feature]

/** This branch, at `width`, and one of half its resolution. */
function down(number: number, x: Feature, width = x.channels): Two {
  const widths = [width, 2 * width] as const
  return scope(`transition${number}`, () => transition([x], widths, { layer: samePadded })) as Two
}

/** A branch of twice the resolution, half of whose channels are those that skipped the way down, and this one. */
function up(number: number, x: Feature, skip: Feature): Two {
  const narrow = scope(`transition${number}.0`, () => convBnRelu(x, skip.channels, { kernel: 1 }))
  return [concat(halved(resize(narrow, skip, bilinear)), halved(skip)), x]
}

function halved(x: Feature): Feature {
  return averageChannels(x, x.channels / 2)
}

const after = (n: string): number => Number(n) + 1

/** What stands in names of HRNet's, and what in PaddleSeg's, which counts from 1; one after the other. */
const spellings: readonly (readonly [RegExp, string | ((...found: string[]) => string)])[] = [
  [/downsample/, 'conv_down'],
  [/\.0(?=\.\w+$)/, '._conv'],
  [/\.1(?=\.\w+$)/, '._batch_norm'],
  [/\.conv(\d)(?=\.\w+$)/, '.conv$1._conv'],
  [/\.bn(\d)(?=\.\w+$)/, '.conv$1._batch_norm'],
  [/layer1\.(\d)/, (_, n = '') => `la1.bb_layer2_${after(n)}`],
  [/transition(\d)\.(\d)(\.0)?/, (_, t, i = '') => `tr${t}.transition_tr${t}_layer_${after(i)}`],
  [/stage(\d)\.(\d)/, (_, s, m = '') => `st${s}.stage_st${s}_${after(m)}`],
  [/(st\d_\d)\.branches/, '$1.branches_func.bb_$1_branch_layer'],
  [/(st\d_\d)\.fuse_layers/, '$1.fuse_func.residual_$1_layer'],
  [/_layer\.(\d)\.(\d)/, (_, i = '', j = '') => `_layer_${after(i)}_${after(j)}`],
  [/(_layer_\d_\d)\.0/, '$1_1'],
]

function paddleName(name: string): string {
  return spellings.reduce((spelt, [from, to]) => spelt.replace(from, to as string), name)
}
