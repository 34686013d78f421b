import type { ActivationFunction, NodeOf, Value } from '../../compiler/node.js'

/** Mean and variance of each channel (axis 1), over positions and images; of all channels alike, one number. */
export interface Moments {
  readonly mean: Float64Array
  readonly variance: Float64Array
}

export function alike(mean: number, variance: number): Moments {
  return { mean: Float64Array.of(mean), variance: Float64Array.of(variance) }
}

/** The number of a channel. */
export function at(numbers: Float64Array, channel: number): number {
  return numbers[numbers.length === 1 ? 0 : channel] as number
}

export function channelsOf(value: Value): number {
  return sideOf(value, 1)
}

/** A side as a number: one that is open counts as 1. */
export function sideOf({ type }: Value, axis: number): number {
  const side = type.shape[axis]
  return typeof side === 'number' ? side : 1
}

/** x², exactly rounded, which the power operator need not be. */
export function squared(x: number): number {
  return x * x
}

/** Σ mean² and Σ variance of some channels. */
export function totalOf(
  { mean, variance }: Moments,
  start: number,
  count: number,
): { readonly power: number; readonly spread: number } {
  let [power, spread] = [0, 0]
  for (let c = start; c < start + count; c++) {
    power += squared(at(mean, c))
    spread += at(variance, c)
  }
  return { power, spread }
}

/** Channel by channel. */
export function combined(
  f: (mean: readonly number[], variance: readonly number[]) => readonly [number, number],
  ...operands: readonly Moments[]
): Moments {
  const length = Math.max(...operands.map(({ mean }) => mean.length))
  const made = { mean: new Float64Array(length), variance: new Float64Array(length) }
  for (let c = 0; c < length; c++) {
    const [mean, variance] = f(
      operands.map((x) => at(x.mean, c)),
      operands.map((x) => at(x.variance, c)),
    )
    made.mean[c] = mean
    made.variance[c] = variance
  }
  return made
}

export function sum(left: Moments, right: Moments): Moments {
  return combined(([a = 0, b = 0], [v = 0, w = 0]) => [a + b, v + w], left, right)
}

/** Of so many independent terms alike. */
export function summed(term: Moments, terms: number): Moments {
  return combined(([mean = 0], [variance = 0]) => [terms * mean, terms * variance], term)
}

export function product(left: Moments, right: Moments): Moments {
  return combined(
    ([a = 0, b = 0], [v = 0, w = 0]) => [a * b, (v + a * a) * (w + b * b) - a * a * (b * b)],
    left,
    right,
  )
}

/** All channels taken together. */
export function pooled({ mean, variance }: Moments): Moments {
  const average = mean.reduce((a, b) => a + b, 0) / mean.length
  let square = 0
  for (let c = 0; c < mean.length; c++) square += squared(mean[c] as number) + at(variance, c)
  return alike(average, Math.max(0, square / mean.length - average * average))
}

export function joined(
  { inputs, attributes }: NodeOf<'concat'>,
  of: (value: Value) => Moments,
): Moments {
  const spread = (pick: (m: Moments) => Float64Array): Float64Array =>
    Float64Array.from(
      inputs.parts.flatMap((part) =>
        Array.from({ length: channelsOf(part) }, (_, c) => at(pick(of(part)), c)),
      ),
    )
  const all = { mean: spread((m) => m.mean), variance: spread((m) => m.variance) }
  return attributes.axis === 1 ? all : pooled(all)
}

/** One result of a split. */
export function cut(whole: Moments, { attributes, type }: NodeOf<'split'>, index: number): Moments {
  const { axis, sizes } = attributes
  if (axis !== 1 || whole.mean.length === 1 || type.length <= index) return pooled(whole)
  const start = sizes.slice(0, index).reduce((a, b) => a + b, 0)
  const end = start + (sizes[index] as number)
  return { mean: whole.mean.slice(start, end), variance: whole.variance.slice(start, end) }
}

/** The moments of a function of a normal variable, by 16 values of equal weight. */
export function activated(f: ActivationFunction, input: Moments): Moments {
  return combined(([mean = 0], [variance = 0]) => {
    const deviation = Math.sqrt(variance)
    let [first, second] = [0, 0]
    for (const place of places)
      for (const sign of [-1, 1]) {
        const y = near(f, mean + sign * place * deviation)
        first += y / 16
        second += (y * y) / 16
      }
    return [first, Math.max(0, second - first * first)]
  }, input)
}

/** Midpoints of eight equal shares of the normal distribution's positive half, scaled to variance 1. */
const places = [0.0816, 0.2468, 0.4186, 0.6026, 0.8079, 1.0509, 1.3714, 1.9382]

/** An activation, or what is near it and needs no exponential: only its size matters here. */
function near(f: ActivationFunction, x: number): number {
  const gate = Math.min(Math.max(x / 6 + 1 / 2, 0), 1)
  const logistic = (1 + x / Math.sqrt(4 + x * x)) / 2
  switch (f.name) {
    case 'relu':
      return Math.max(x, 0)
    case 'relu6':
      return Math.min(Math.max(x, 0), 6)
    case 'leakyRelu':
      return x < 0 ? f.slope * x : x
    case 'sigmoid':
      return logistic
    case 'tanh':
      return x / Math.sqrt(1 + x * x)
    case 'hardSigmoid':
      return gate
    case 'hardSwish':
      return x * gate
    case 'silu':
      return x * logistic
    case 'gelu':
      return (x * (1 + x / Math.sqrt(1.57 + x * x))) / 2
  }
}
