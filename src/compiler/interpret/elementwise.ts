import { halfToNumber, numberToHalf } from '../../half.js'
import { elementCount, equalShapes } from '../dimension.js'
import type { ActivationFunction, NodeOf } from '../node.js'
import { type Reading, sidesOf, sizeOf } from './reading.js'

type Unary = (x: number) => number

const sigmoid: Unary = (x) => 1 / (1 + Math.exp(-x))
const hardSigmoid: Unary = (x) => Math.min(Math.max(x / 6 + 1 / 2, 0), 1)

const unary: {
  readonly [N in ActivationFunction['name']]: (f: ActivationFunction & { name: N }) => Unary
} = {
  relu: () => (x) => Math.max(x, 0),
  relu6: () => (x) => Math.min(Math.max(x, 0), 6),
  leakyRelu:
    ({ slope }) =>
    (x) =>
      x < 0 ? slope * x : x,
  sigmoid: () => sigmoid,
  tanh: () => Math.tanh,
  hardSigmoid: () => hardSigmoid,
  hardSwish: () => (x) => x * hardSigmoid(x),
  silu: () => (x) => x * sigmoid(x),
  gelu: () => (x) => (x / 2) * (1 + erf(x * Math.SQRT1_2)),
}

export function activation(
  { inputs, attributes }: NodeOf<'activation'>,
  { of }: Reading,
): Float64Array {
  const make = unary[attributes.function.name] as (f: ActivationFunction) => Unary
  return of(inputs.input).map(make(attributes.function))
}

/** Numbers as elements of another type: whole ones are cut towards zero, truth is what is not 0, halves are rounded. */
export function cast(
  { inputs, attributes: { to } }: NodeOf<'cast'>,
  { of }: Reading,
): Float64Array {
  const values = of(inputs.input)
  if (to === 'bool') return values.map((x) => (x === 0 ? 0 : 1))
  if (to === 'float16') return values.map((x) => halfToNumber(numberToHalf(x)))
  return to.startsWith('float') ? values : values.map(Math.trunc)
}

/**
 * The error function, to about 1e-15: 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)), whose terms all have
 * one sign; past 6 it is ±1 in float64.
 */
export function erf(x: number): number {
  if (!(Math.abs(x) < 6)) return Number.isNaN(x) ? x : Math.sign(x)
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 2 ** -55; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** Element by element, shapes broadcast from the right. */
export function broadcast(
  { inputs, type }: NodeOf<'add'> | NodeOf<'multiply'>,
  { of }: Reading,
  combine: (a: number, b: number) => number,
): Float64Array {
  const shape = sidesOf(type)
  const [left, right] = [of(inputs.left), of(inputs.right)]
  // Most sums: nothing is repeated.
  if ([inputs.left, inputs.right].every((x) => equalShapes(x.type.shape, type.shape)))
    return left.map((x, at) => combine(x, right[at] as number))
  const [leftSteps, rightSteps] = [inputs.left, inputs.right].map((x) =>
    stepsOf(sidesOf(x.type), shape.length),
  ) as [number[], number[]]
  const y = new Float64Array(sizeOf(type))
  for (let at = 0; at < y.length; at++) {
    let rest = at
    let [l, r] = [0, 0]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const side = shape[axis] as number
      const place = rest % side
      rest = (rest - place) / side
      l += place * (leftSteps[axis] as number)
      r += place * (rightSteps[axis] as number)
    }
    y[at] = combine(left[l] as number, right[r] as number)
  }
  return y
}

/** How far apart neighbours along each axis are; 0 along an axis that is repeated. */
export function stepsOf(shape: readonly number[], rank: number): number[] {
  const steps = new Array<number>(rank).fill(0)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const side = shape[axis] as number
    steps[axis + rank - shape.length] = side === 1 ? 0 : step
    step *= side
  }
  return steps
}

/** scale·(x − mean)/sqrt(variance + epsilon) + shift, mean and variance of each line along the last axis. */
export function layerNorm(
  { inputs, attributes: { epsilon } }: NodeOf<'layerNorm'>,
  { of }: Reading,
): Float64Array {
  const [x, scale, shift] = [of(inputs.input), of(inputs.scale), of(inputs.shift)]
  const channels = scale.length
  const y = new Float64Array(x.length)
  for (let start = 0; start < x.length; start += channels) {
    const line = x.subarray(start, start + channels)
    const mean = line.reduce((sum, each) => sum + each, 0) / channels
    const variance = line.reduce((sum, each) => sum + (each - mean) ** 2, 0) / channels
    const deviation = Math.sqrt(variance + epsilon)
    for (const [c, each] of line.entries())
      y[start + c] = ((scale[c] as number) * (each - mean)) / deviation + (shift[c] as number)
  }
  return y
}

/** scale·(x − mean)/sqrt(variance + epsilon) + shift, per channel (axis 1). */
export function batchNorm(
  { inputs, attributes, type }: NodeOf<'batchNorm'>,
  { of }: Reading,
): Float64Array {
  const [, channels = 1, ...area] = sidesOf(type)
  const size = elementCount(area)
  const [scale, shift, mean, variance] = [
    of(inputs.scale),
    of(inputs.shift),
    of(inputs.mean),
    of(inputs.variance),
  ]
  return of(inputs.input).map((x, at) => {
    const c = Math.floor(at / size) % channels
    const deviation = Math.sqrt((variance[c] as number) + attributes.epsilon)
    return ((scale[c] as number) * (x - (mean[c] as number))) / deviation + (shift[c] as number)
  })
}
