import type { ActivationFunction, NodeOf } from '../../compiler/node.js'
import type { Bound, Bounding } from './bounding.js'

/** How steep a function is at most, and how far off its value f of an exact x is, in units of u. */
interface Slope {
  readonly most: number
  readonly rounding: (x: number, f: number) => number
}

const none = (): number => 0
const times =
  (roundings: number) =>
  (_: number, f: number): number =>
    roundings * Math.abs(f)

/**
 * |f(x) − f(y)| ≤ most·|x − y|: the suprema of |f′|, rounded up in the last digit where they are no fractions. Of
 * silu it is that at x = 2.3994, where x·tanh(x/2) = 2; of gelu, at √2: Φ(√2) + √2·φ(√2). What an exponential adds is
 * two roundings (it is known to less than one unit in the last place); erf is known to sixteen of 1.
 */
const slopes: {
  readonly [N in ActivationFunction['name']]: (f: ActivationFunction & { name: N }) => Slope
} = {
  relu: () => ({ most: 1, rounding: none }),
  relu6: () => ({ most: 1, rounding: none }),
  leakyRelu: ({ slope }) => ({ most: Math.max(1, Math.abs(slope)), rounding: times(1) }),
  sigmoid: () => ({ most: 1 / 4, rounding: times(5) }),
  tanh: () => ({ most: 1, rounding: times(4) }),
  // The quotient is at most 1/2 where neither end clamps it.
  hardSigmoid: () => ({ most: 1 / 6, rounding: (_, f) => 0.5 + Math.abs(f) }),
  hardSwish: () => ({
    most: 3 / 2,
    rounding: (x, f) => (Math.abs(x) < 4 ? 1.5 * Math.abs(x) : 0) + Math.abs(f),
  }),
  silu: () => ({ most: 1.09984, rounding: times(6) }),
  gelu: () => ({ most: 1.12891, rounding: (x, f) => 8 * Math.abs(x) + 2 * Math.abs(f) }),
}

export function activation(node: NodeOf<'activation'>, around: Bounding): Bound {
  const { inputs, attributes } = node
  const slopeOf = slopes[attributes.function.name] as (f: ActivationFunction) => Slope
  const { most, rounding } = slopeOf(attributes.function)
  const bound = around.boundOf(inputs.input)
  if (!bound && rounding === none) return undefined
  const x = around.of(inputs.input)
  return around
    .of(node)
    .map((f, i) => around.unit * rounding(x[i] as number, f) + most * (bound?.[i] ?? 0))
}
