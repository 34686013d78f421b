import { bottleneck, sequence } from '../../dsl/blocks.js'
import { expectOneOf, expectOptions, type OptionNames } from '../../dsl/expect.js'
import type { Feature, Pyramid, Vector } from '../../dsl/feature.js'
import { classificationHead, widen } from '../../dsl/heads.js'
import { concat, globalPool, linear } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { classification, type HeadOptions } from '../defaults.js'
import { network } from './network.js'
import {
  type FusionOptions,
  fusionOptions,
  ofBottlenecks,
  type Plan,
  small,
  standard,
  stem,
  trunk,
} from './trunk.js'

interface PlainOptions extends FusionOptions {
  readonly classes?: number
}

const plainOptions: OptionNames<PlainOptions> = { classes: true, ...fusionOptions }

export interface ClassificationOptions extends PlainOptions {
  /** What the branches of stages 2 to 4 are built of (basic); a bottleneck's width is that of its output. */
  readonly unit?: 'basic' | 'bottleneck'
}

const classificationOptions: OptionNames<ClassificationOptions> = { unit: true, ...plainOptions }
const smallOptions: OptionNames<PlainOptions & HeadOptions> = { headBias: true, ...plainOptions }

/** The four branches of HRNet, 1/4 … 1/32. */
type FourBranches = Pyramid<[number, number, number, number], 4>

type Head = (branches: FourBranches, classes: number) => Vector

/** HRNet-W{C}-C (section 4.5 and appendix): class scores of an image. */
export function hrnetC(
  width: number,
  { headBias, ...options }: ClassificationOptions & HeadOptions = {},
): Model<{ logits: Vector }> {
  const plan = planOf(options)
  return classifier(`hrnet-w${width}-c`, width, plan, options, classified(headBias))
}

/** HRNet-C on the small trunk `version`, whose width is 16 (v1) or 18 (v2). */
export function hrnetSmallC(
  version: 'v1' | 'v2',
  options: PlainOptions & HeadOptions = {},
): Model<{ logits: Vector }> {
  expectOptions(options, smallOptions, 'hrnetSmallC')
  const plan = small[version]
  const head = classified(options.headBias)
  return classifier(`hrnet-small-${version}-c`, plan.width, plan, options, head)
}

/** HRNet-W{C}-Ci (Table 15): each branch pooled to a vector, these concatenated, a linear layer. */
export function hrnetCi(
  width: number,
  options: ClassificationOptions = {},
): Model<{ logits: Vector }> {
  return classifier(`hrnet-w${width}-ci`, width, planOf(options), options, (branches, classes) => {
    const [a, b, c, d] = branches.map((x) => globalPool(x)) as [Vector, Vector, Vector, Vector]
    return linear(concat(a, b, c, d), classes, { name: 'classifier' })
  })
}

/**
 * HRNet-W{C}-Cii (Table 15): each branch led to 512 channels at 1/32 by bottleneck units of stride 2, these
 * concatenated, pooled, a linear layer. No code was released: its units are called `incre_modules.{branch}.{n}`.
 */
export function hrnetCii(
  width: number,
  options: ClassificationOptions = {},
): Model<{ logits: Vector }> {
  return classifier(`hrnet-w${width}-cii`, width, planOf(options), options, (branches, classes) => {
    const [a, b, c, d] = branches
    const all = scope('incre_modules', () => [
      scope(0, () => led(a, [128, 256, 512], 2)),
      scope(1, () => led(b, [256, 512], 2)),
      scope(2, () => led(c, [512], 2)),
      scope(3, () => led(d, [512], 1)),
    ]) as [Feature<512, 32>, ...Feature<512, 32>[]]
    return linear(globalPool(concat(...all)), classes, { name: 'classifier' })
  })
}

function classifier(
  name: string,
  width: number,
  plan: Plan,
  options: PlainOptions,
  head: Head,
): Model<{ logits: Vector }> {
  const { classes = classification.classes } = options
  return network(name, classification, options, (x, fusion) => {
    const branches = trunk(stem(x).quarter, width, fusion, { plan })
    return { logits: head(branches, classes) }
  })
}

function classified(bias = true): Head {
  return (branches, classes) =>
    classificationHead(widen(branches, [128, 256, 512, 1024]), classes, { bias })
}

function led(x: Feature, widths: readonly number[], stride: 1 | 2): Feature {
  return sequence(
    widths.map((width) => bottleneck(width, { stride })),
    x,
  )
}

const plans = { basic: standard, bottleneck: ofBottlenecks }

function planOf(options: ClassificationOptions): Plan {
  expectOptions(options, classificationOptions, 'a classifier')
  const { unit = 'basic' } = options
  expectOneOf('not-a-unit', unit, plans, 'the branches of a classifier are built of')
  return plans[unit]
}
