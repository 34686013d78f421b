import type { Convolution, Node, NodeOf, PerKind, Value, Weighted } from '../../compiler/node.js'
import { between, eitherSign, type Range } from './draw.js'
import { type Kernel, layoutOf, planKernel, through } from './kernel.js'
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
  sideOf,
  squared,
  sum,
  summed,
  totalOf,
} from './moments.js'

/** How many times its norm's epsilon the variance of a convolution is. */
const varianceOverEpsilon = 4
/** The size of what a norm or a convolution adds to a sum: a part of 1, so that sums of many do not grow. */
const sizeInSum = 0.25
/** The size of deltas: boxes move by a part of themselves, or what they show would be another thing for each rounding. */
const sizeOfDeltas = 0.125
/**
 * Shifts, in units of the norm's size. Those before an activation are positive, so that it cuts a part only of
 * what comes in: where it cuts half, each layer's norm widens what is left of the difference between two runs,
 * and rounding errors grow by a fifth a layer.
 */
const shiftInSum = eitherSign(0.1, 0.3)
const shiftBefore = between(0.5, 0.9)
/** Scales, in units of the gain: a few are negative, as training leaves some. */
const scales: Range = { low: 0.5, high: 1.5, negative: 0.05 }
/** Keeps quotients finite where nothing is left of a signal. */
const tiny = 2 ** -60

/** What no layer reads as a weight scales or offsets something: near 1. */
export const free: Range = between(0.9, 1.1)
const freeMoments = alike(1, 1 / 300)
const standard = alike(0, 1)
/** Each of 0, 1, … n − 1 as often as any other. */
const even = (n: number): Moments => alike((n - 1) / 2, (n * n - 1) / 12)
const pixels = even(256)

/** Whether what stands along an axis adds up to 1, be it turned. */
function isSoftmaxAlong(value: Value, axis: number): boolean {
  if (value.kind === 'transpose')
    return isSoftmaxAlong(value.inputs.input, value.attributes.order[axis] as number)
  return value.kind === 'softmax' && value.attributes.axis === axis
}

/** What a walk over the graph offers to each node in turn. */
export interface Planning {
  readonly seed: number
  /** The moments of an operand. */
  of(operand: Node): Moments
  /** A vector's values: drawn by its first reader, in units and around bases of each channel. */
  vector(value: Value, range: Range, unit?: Numbers, base?: Numbers): Float32Array
  /** A weight, planned by its first reader. */
  kernel(value: Value, plan: (name: string) => Kernel): Kernel | undefined
  /** The epsilon of the batch norm that reads a value. */
  normedBy(value: Value): number | undefined
  /** Whether a sum reads a value, as it is or resized. */
  feedsSum(value: Value): boolean
  /** Whether boxes are moved by a value. */
  movesBoxes(value: Value): boolean
}
type Numbers = (channel: number) => number

/** What each kind of node makes of its operands' moments; layers plan their parameters on the way. */
export const after: PerKind<Moments, [Planning]> = {
  input: ({ type }) => (type.element === 'uint8' ? pixels : standard),
  parameter: () => freeMoments,
  derived: (node) => {
    const { derivation } = node.attributes
    if (derivation.rule !== 'literal') return freeMoments
    // A number for each channel stands as it is; of others their mean is known.
    const { numbers } = derivation
    const stated = { mean: Float64Array.from(numbers), variance: new Float64Array(numbers.length) }
    return channelsOf(node) === numbers.length ? stated : pooled(stated)
  },
  conv: weighted,
  fusedConv: (node, planning) => {
    const y = weighted(node, planning)
    const { addend } = node.inputs
    return activated({ name: 'relu' }, addend ? sum(y, planning.of(addend)) : y)
  },
  convTranspose: weighted,
  linear: (node, planning) => {
    if (node.type.shape.length === 2) return weighted(node, planning)
    // Channels are on the last axis, not on that which moments are of.
    const { input } = node.inputs
    const of = (operand: Node): Moments =>
      operand === input ? pooled(planning.of(operand)) : planning.of(operand)
    return pooled(weighted(node, { ...planning, of }))
  },
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
  adaptivePool: same,
  matmul: (node, { of }) => {
    const { left, right } = node.inputs
    const contracted = left.type.shape.length - 1
    // A mean, of as many as there are: they may be the positions of a map, on whose number no weight depends.
    if (isSoftmaxAlong(left, contracted)) return pooled(of(right))
    if (isSoftmaxAlong(right, right.type.shape.length - 2))
      return channelsOf(node) === channelsOf(left) ? of(left) : pooled(of(left))
    return summed(product(pooled(of(left)), pooled(of(right))), sideOf(left, contracted))
  },
  layerNorm: ({ inputs: { scale, shift } }, { vector }) => {
    const s = Float64Array.from(vector(scale, scales))
    const b = Float64Array.from(vector(shift, eitherSign(0.05, 0.15)))
    return pooled({ mean: b, variance: s.map(squared) })
  },
  windows: (node, { of }) => pooled(of(node.inputs.input)),
  fromWindows: (node, { of }) => pooled(of(node.inputs.input)),
  depthToSpace: (node, { of }) => pooled(of(node.inputs.input)),
  reshape: (node, { of }) => {
    const x = of(node.inputs.input)
    return channelsOf(node) === channelsOf(node.inputs.input) ? x : pooled(x)
  },
  identity: same,
  cast: same,
  quantize: same,
  dequantize: same,
  pad: (node, { of }) => {
    const x = of(node.inputs.input)
    return node.attributes.axis === 1 ? pooled(x) : x
  },
  transpose: (node, { of }) => {
    const x = of(node.inputs.input)
    return node.attributes.order[1] === 1 ? x : pooled(x)
  },
  // Scores that tell nothing apart: each class as likely as any, give or take.
  softmax: ({ inputs: { input }, attributes: { axis } }) => {
    const classes = sideOf(input, axis)
    return alike(1 / classes, 1 / squared(classes))
  },
  argMax: ({ inputs: { input }, attributes: { axis } }) => even(sideOf(input, axis)),
  topK: ({ inputs }, { of }) => pooled(of(inputs.input)),
  gather: ({ inputs }, { of }) => pooled(of(inputs.input)),
  wholeDivide: ({ inputs, attributes: { by, gives } }, { of }) =>
    gives === 'remainder' ? even(by) : product(pooled(of(inputs.input)), alike(1 / by, 0)),
  anchors: ({ attributes: { stride } }) => alike(0, squared(stride)),
  decodeBoxes: ({ inputs }, { of }) => pooled(of(inputs.boxes)),
  // A mean of neighbours, as of a pool.
  roiAlign: ({ inputs }, { of }) => of(inputs.levels[0] as Value),
  nonMaxSuppression: () => even(2),
  foreign: ({ inputs: { operands } }, { of }) => (operands[0] ? pooled(of(operands[0])) : standard),
  result: ({ inputs, attributes: { index } }, { of }) => {
    const whole = of(inputs.of)
    if (inputs.of.kind === 'topK' && index === 1) return even(elementsOf(inputs.of.inputs.input))
    return inputs.of.kind === 'split' ? cut(whole, inputs.of, index) : whole
  },
}

/** Open sides count as one. */
function elementsOf(value: Value): number {
  return value.type.shape.reduce((all: number, _, axis) => all * sideOf(value, axis), 1)
}

function same({ inputs }: { inputs: { input: Value } }, { of }: Planning): Moments {
  return of(inputs.input)
}

/** A weight whose layer's output has the size that its reader is to get; a norm gets one that epsilon matters to. */
function weighted(
  node: Weighted | Convolution,
  { seed, of, kernel, vector, normedBy, feedsSum, movesBoxes }: Planning,
): Moments {
  const { input, weight, bias } = node.inputs
  const x = of(input)
  const epsilon = normedBy(node)
  const plainSize = feedsSum(node) ? sizeInSum : movesBoxes(node) ? sizeOfDeltas : 1
  const size = epsilon === undefined ? plainSize : Math.sqrt(varianceOverEpsilon * epsilon)
  const planned = kernel(weight, (name) => {
    const layout = layoutOf(node)
    const { ins, groups, area, phases } = layout
    const { power, spread } = totalOf(x, 0, ins * groups)
    // A norm takes the mean away: then the variance alone has a size to keep.
    const kept = epsilon === undefined ? spread + power : Math.max(spread, power / 16)
    const terms = (area / phases) * Math.max(kept / groups, tiny)
    return planKernel(layout, size * Math.sqrt(3 / terms), x, seed, name)
  })
  const y = planned ? through(planned, x) : standard
  if (!bias) return y
  const range = epsilon === undefined ? eitherSign(0.05, 0.15) : eitherSign(0.25, 0.75)
  const b = Float64Array.from(vector(bias, range, () => size))
  return sum(y, { mean: b, variance: Float64Array.of(0) })
}

/** Statistics near those of what comes in, and the gain that makes the mean square of what goes out its size's. */
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
  const summed = feedsSum(node)
  const size = summed ? sizeInSum : 1
  const b = vector(shift, summed ? shiftInSum : shiftBefore, () => size)
  const off = (c: number): number => at(x.mean, c) - (m[c] as number)
  const unit = (c: number): number => 1 / ((v[c] as number) + node.attributes.epsilon)
  let [before, shifted] = [0, 0]
  for (let c = 0; c < v.length; c++) {
    before += (spread(c) + squared(off(c))) * unit(c)
    shifted += squared(b[c] as number)
  }
  const gain = Math.sqrt(Math.max(size * size * v.length - shifted, tiny) / before)
  const s = vector(scale, scales, () => gain)
  const y = { mean: new Float64Array(v.length), variance: new Float64Array(v.length) }
  for (let c = 0; c < v.length; c++) {
    const factor = (s[c] as number) * Math.sqrt(unit(c))
    y.mean[c] = factor * off(c) + (b[c] as number)
    y.variance[c] = factor * factor * at(x.variance, c)
  }
  return y
}
