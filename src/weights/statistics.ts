import { type Graph, nodesOf } from '../compiler/graph.js'
import { dispatch, type Node, type NodeOf, type PerKind, type Value } from '../compiler/node.js'
import { between, drawn, eitherSign, type Range } from './draw.js'
import { drawKernel, type Kernel, layoutOf, planKernel, through } from './kernel.js'
import {
  activated,
  alike,
  at,
  channelsOf,
  combined,
  cut,
  joined,
  type Moments,
  pooled,
  product,
  sum,
} from './moments.js'

/** How many times its norm's epsilon the variance of a convolution is. */
const varianceOverEpsilon = 4
/** The size of what a norm adds to a sum: a part of 1, so that sums of many do not grow. */
const sizeInSum = 0.25
/**
 * Shifts. Those before an activation are positive, so that it cuts a part only of what comes in: where it cuts
 * half, each layer's norm widens what is left of the difference between two runs, and rounding errors grow by
 * a fifth a layer.
 */
const shiftInSum = eitherSign(0.1, 0.3)
const shiftBefore = between(0.5, 0.9)
/** Keeps quotients finite where nothing is left of a signal. */
const tiny = 2 ** -60

/** What a parameter's values are: drawn already where they are few, planned where they are many. */
export type Planned = { readonly values: Float32Array } | { readonly kernel: Kernel }

interface Planning {
  readonly seed: number
  of(value: Value): Moments
  /** A vector's values: drawn by its first reader, in units and around bases of each channel. */
  vector(value: Value, range: Range, unit?: Numbers, base?: Numbers): Float32Array
  /** A weight, planned by its first reader. */
  kernel(value: Value, plan: (name: string) => Kernel): Kernel | undefined
  /** The epsilon of the batch norm that reads a value. */
  normedBy(value: Value): number | undefined
  feedsSum(value: Value): boolean
}
type Numbers = (channel: number) => number

/**
 * Walks a graph once, operands first, and follows the mean and the variance of every channel: what each
 * parameter is to be follows from those of what its layer reads. Weights are independent and of mean 0, so
 * the variance of Σ w·x is (number of terms)·E[w²]·var(x), however the x hang together; its mean is planned
 * (`Kernel`). Sizes of maps play no part. An input counts as of mean 0 and variance 1, a foreign operator as
 * keeping what it reads. A shared parameter is made for its first reader.
 */
export function planParameters(graph: Graph, seed: number): ReadonlyMap<string, Planned> {
  const nodes = nodesOf(graph)
  const moments = new Map<Node, Moments>()
  const plans = new Map<string, Planned>()
  const epsilons = new Map<Node, number>()
  const summed = new Set<Node>()
  for (const node of nodes)
    if (node.kind === 'batchNorm' && !epsilons.has(node.inputs.input))
      epsilons.set(node.inputs.input, node.attributes.epsilon)
  for (const node of nodes.toReversed()) {
    if (node.kind === 'add') summed.add(node.inputs.left).add(node.inputs.right)
    if ((node.kind === 'resize' || node.kind === 'identity') && summed.has(node))
      summed.add(node.inputs.input)
  }
  const planning: Planning = {
    seed,
    of: (value) => moments.get(value) as Moments,
    vector: (value, range, unit = () => 1, base = () => 0) => {
      const channels = (value.type.shape[0] as number | undefined) ?? 1
      if (value.kind !== 'parameter')
        return Float32Array.from({ length: channels }, () => at(planning.of(value).mean, 0))
      const { name } = value.attributes
      const known = plans.get(name)
      if (known && 'values' in known) return known.values
      const values = drawn(range, channels, seed, name).map((x, c) => base(c) + unit(c) * x)
      plans.set(name, { values })
      return values
    },
    kernel: (value, plan) => {
      if (value.kind !== 'parameter') return undefined
      const { name } = value.attributes
      const known = plans.get(name)
      if (known && 'kernel' in known) return known.kernel
      const kernel = plan(name)
      plans.set(name, { kernel })
      return kernel
    },
    normedBy: (value) => epsilons.get(value),
    feedsSum: (value) => summed.has(value),
  }
  for (const node of nodes) moments.set(node, dispatch(after, node, planning))
  return plans
}

/** The values of a parameter, as planned under its name. */
export function drawParameter(
  { attributes: { name, shape } }: NodeOf<'parameter'>,
  plan: Planned | undefined,
  seed: number,
): Float32Array {
  if (!plan)
    return drawn(
      free,
      shape.reduce((a, b) => a * b, 1),
      seed,
      name,
    )
  return 'values' in plan ? plan.values.slice() : drawKernel(plan.kernel, seed, name)
}

/** What no layer reads as a weight scales or offsets something: near 1. */
const free = between(0.9, 1.1)
const freeMoments = alike(1, 1 / 300)
const standard = alike(0, 1)

/** What each kind of node makes of its operands' moments. */
const after: PerKind<Moments, [Planning]> = {
  input: () => standard,
  parameter: () => freeMoments,
  derived: () => freeMoments,
  conv: weighted,
  convTranspose: weighted,
  linear: weighted,
  batchNorm: normed,
  activation: ({ inputs, attributes }, { of }) => activated(attributes.function, of(inputs.input)),
  add: ({ inputs }, { of }) => sum(of(inputs.left), of(inputs.right)),
  multiply: ({ inputs }, { of }) => product(of(inputs.left), of(inputs.right)),
  concat: (node, { of }) => joined(node, of),
  split: same,
  resize: same,
  // Between what neighbours that are equal would give, and neighbours that are independent.
  pool: ({ inputs, attributes: { operator } }, { of }) =>
    combined(
      ([mean = 0], [variance = 0]) =>
        operator === 'max'
          ? [mean + 0.5 * Math.sqrt(variance), 0.8 * variance]
          : [mean, 0.6 * variance],
      of(inputs.input),
    ),
  globalPool: same,
  reshape: (node, { of }) => {
    const x = of(node.inputs.input)
    return channelsOf(node) === channelsOf(node.inputs.input) ? x : pooled(x)
  },
  identity: same,
  foreign: ({ inputs: { operands } }, { of }) =>
    operands[0] ? pooled(of(operands[0] as Value)) : standard,
  result: ({ inputs, attributes: { index } }, { of }) => {
    const whole = of(inputs.of as unknown as Value)
    return inputs.of.kind === 'split' ? cut(whole, inputs.of, index) : whole
  },
}

function same({ inputs }: { inputs: { input: Value } }, { of }: Planning): Moments {
  return of(inputs.input)
}

function weighted(
  node: NodeOf<'conv'> | NodeOf<'convTranspose'> | NodeOf<'linear'>,
  { seed, of, kernel, vector, normedBy, feedsSum }: Planning,
): Moments {
  const { input, weight, bias } = node.inputs
  const layout = layoutOf(node)
  const x = of(input)
  const epsilon = normedBy(node)
  const size =
    epsilon !== undefined
      ? Math.sqrt(varianceOverEpsilon * epsilon)
      : feedsSum(node)
        ? sizeInSum
        : 1
  const planned = kernel(weight, (name) => {
    const { ins, groups, area, phases } = layout
    let [power, spread] = [0, 0]
    for (let c = 0; c < ins * groups; c++) {
      power += at(x.mean, c) ** 2
      spread += at(x.variance, c)
    }
    // A norm takes the mean away: then the variance alone has a size to keep.
    const kept = epsilon !== undefined ? Math.max(spread, power / 16) : spread + power
    const terms = (area / phases) * Math.max(kept / groups, tiny)
    return planKernel(layout, size * Math.sqrt(3 / terms), x, seed, name)
  })
  const y = planned ? through(planned, x) : alike(0, 1)
  if (!bias) return y
  const range = epsilon !== undefined ? eitherSign(0.25, 0.75) : eitherSign(0.05, 0.15)
  const b = Float64Array.from(vector(bias, range, () => size))
  return sum(y, { mean: b, variance: Float64Array.of(0) })
}

function normed(node: NodeOf<'batchNorm'>, { of, vector, feedsSum }: Planning): Moments {
  const { input, scale, shift, mean, variance } = node.inputs
  const x = of(input)
  const spread = (c: number): number => Math.max(at(x.variance, c), tiny)
  const m = vector(
    mean,
    eitherSign(0.25, 0.75),
    (c) => Math.sqrt(spread(c)),
    (c) => at(x.mean, c),
  )
  const v = vector(variance, between(0.5, 1.5), spread)
  const unit = (c: number): number => 1 / ((v[c] as number) + node.attributes.epsilon)
  const summed = feedsSum(node)
  const size = summed ? sizeInSum : 1
  const b = vector(shift, summed ? shiftInSum : shiftBefore, () => size)
  // The gain that makes the mean square, over all channels, that of the size.
  let [before, shifted] = [0, 0]
  for (let c = 0; c < v.length; c++) {
    before += (spread(c) + (at(x.mean, c) - (m[c] as number)) ** 2) * unit(c)
    shifted += (b[c] as number) ** 2
  }
  const gain = Math.sqrt(Math.max(size * size * v.length - shifted, tiny) / before)
  const s = vector(scale, { low: 0.5, high: 1.5, negative: 0.05 }, () => gain)
  const y = { mean: new Float64Array(v.length), variance: new Float64Array(v.length) }
  for (let c = 0; c < v.length; c++) {
    const factor = (s[c] as number) * Math.sqrt(unit(c))
    y.mean[c] = factor * (at(x.mean, c) - (m[c] as number)) + (b[c] as number)
    y.variance[c] = factor * factor * at(x.variance, c)
  }
  return y
}
