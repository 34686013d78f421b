import { bottleneck } from '../dsl/blocks.js'
import { expectOneOf, expectOptions, type OptionNames } from '../dsl/expect.js'
import type { Feature, Pyramid, Vector } from '../dsl/feature.js'
import { classificationHead, widen } from '../dsl/heads.js'
import { concat, globalPool, linear } from '../dsl/layers.js'
import { type Model, model } from '../dsl/model.js'
import { scope } from '../dsl/scope.js'
import { classification, photographOf } from './defaults.js'
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

export interface ClassificationOptions extends FusionOptions {
  readonly classes?: number
  /** What the branches of stages 2 to 4 are built of (basic); a bottleneck's width is that of its output. */
  readonly unit?: 'basic' | 'bottleneck'
}

const smallOptions: OptionNames<Omit<ClassificationOptions, 'unit'>> = {
  classes: true,
  ...fusionOptions,
}
const classificationOptions: OptionNames<ClassificationOptions> = { unit: true, ...smallOptions }

/** The four branches of HRNet, 1/4 … 1/32. */
type FourBranches = Pyramid<[number, number, number, number], 4>

/** HRNet-W{C}-C (section 4.5 and appendix): class scores of an image. */
export function hrnetC(
  width: number,
  options: ClassificationOptions = {},
): Model<{ logits: Vector }> {
  return classifier(`hrnet-w${width}-c`, width, planOf(options), options, classified)
}

/** HRNet-C on the small trunk `version`, whose width is 16 (v1) or 18 (v2). */
export function hrnetSmallC(
  version: 'v1' | 'v2',
  options: Omit<ClassificationOptions, 'unit'> = {},
): Model<{ logits: Vector }> {
  expectOptions(options, smallOptions, 'hrnetSmallC')
  const plan = small[version]
  return classifier(`hrnet-small-${version}-c`, plan.width, plan, options, classified)
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
  options: ClassificationOptions,
  head: (branches: FourBranches, classes: number) => Vector,
): Model<{ logits: Vector }> {
  const { classes = classification.classes, upsample = classification.upsample } = options
  return model(
    name,
    photographOf(classification),
    (x) => {
      const branches = trunk(stem(x).quarter, width, { ...options, upsample }, { plan })
      return { logits: head(branches, classes) }
    },
    { answer: { kind: 'classification', output: 'logits' } },
  )
}

function classified(branches: FourBranches, classes: number): Vector {
  return classificationHead(widen(branches, [128, 256, 512, 1024]), classes)
}

function led(x: Feature, widths: readonly number[], stride: 1 | 2): Feature {
  const unit = (y: Feature, width: number, n: number): Feature =>
    scope(n, () => bottleneck(width, { stride })(y) as Feature)
  return widths.reduce(unit, x)
}

const plans = { basic: standard, bottleneck: ofBottlenecks }

function planOf(options: ClassificationOptions): Plan {
  expectOptions(options, classificationOptions, 'a classifier')
  const { unit = 'basic' } = options
  expectOneOf('not-a-unit', unit, plans, 'the branches of a classifier are built of')
  return plans[unit]
}
