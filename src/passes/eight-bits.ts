import { computed, make } from '../compiler/make.js'
import {
  type Constant,
  isConstant,
  type Node,
  type NodeOf,
  type QuantizedType,
  type Value,
} from '../compiler/node.js'
import { InternalError } from '../errors.js'
import { part } from './reweighted.js'

/** The least and the largest number that a value takes. */
export interface Range {
  readonly least: number
  readonly most: number
}

/** A value that was brought to 8 bits and back: its scale and zero can be read. */
export type EightBits = NodeOf<'dequantize'>

/** Where something belongs. */
type Placed = Pick<Node, 'origin'>

/** Makes values of 8 bits, each scale and each constant once. */
export interface Quantizer {
  /** dequantize(quantize(value)), unsigned, with steps that span a range and 0. */
  spanning(value: Value, range: Range): EightBits
  /** The same with the scale and the zero of another. */
  alike(value: Value, other: EightBits): EightBits
  /** Numbers of 8 bits as they are. */
  exactly(value: Value): EightBits
  /** A constant that is computed with as features are, unsigned, with steps as wide as it needs. */
  constant(value: Constant): EightBits
  /** A weight, signed and symmetric, with a scale for each place along its first axis. */
  weight(layer: Node, weight: Constant, bias: Constant | undefined, input: EightBits): EightBits
  /** A bias in steps of the input's scale times the weight's, 32 bits of them. */
  bias(layer: Node, bias: Constant, input: EightBits, weight: EightBits): EightBits
}

export function isEightBits(value: Value): value is EightBits {
  return value.kind === 'dequantize'
}

/** Steps to each side of 0 that a weight has: -128 is left out, so that both sides have as many. */
const weightSteps = 127
/** Steps of an activation. */
const steps = 255
/** Steps to each side of 0 that a bias may take of its 32 bits: where weights are tiny beside it, theirs become larger. */
const biasSteps = 2 ** 30

/** The one number that all of an activation has steps of. */
function scaleOf({ inputs: { scale }, origin }: EightBits): number {
  const derivation = scale.kind === 'derived' ? scale.attributes.derivation : undefined
  if (derivation?.rule !== 'literal')
    throw new InternalError(`the scale of ${origin.path} is no number of the network's own`)
  return derivation.numbers[0] as number
}

/** @param first gives the first of equal nodes. */
export function quantizer(first: <N extends Node>(node: N) => N): Quantizer {
  const literal = (
    of: Placed,
    name: string,
    element: 'float32' | QuantizedType,
    numbers: readonly number[],
    shape: readonly number[] = [],
  ): Constant => {
    const derivation = { rule: 'literal', element, shape, numbers } as const
    return first(make('derived', { from: [] }, { derivation }, part(of, name)))
  }
  const zeros = (of: Placed, element: QuantizedType, { type }: Value): Constant => {
    const [side = 1] = type.shape as readonly number[]
    return literal(of, 'zero', element, new Array(side).fill(0), [side])
  }
  const brought = (
    of: Placed,
    value: Value,
    scale: Value,
    zero: Value,
    to: QuantizedType,
  ): EightBits => {
    const inputs = { input: value, scale, zero }
    const quantized = make('quantize', inputs, { axis: 0, to }, part(of, to))
    const known = isConstant(value) ? computed(quantized, quantized.origin) : quantized
    const restored = { input: first(known), scale, zero }
    return first(make('dequantize', restored, { axis: 0 }, part(of, 'float32')))
  }
  return {
    spanning: (value, { least, most }) => {
      const [low, high] = [Math.min(least, 0), Math.max(most, 0)]
      // The float32 that the file has, so that all compute with the same number.
      const scale = Math.fround((high - low) / steps) || 1
      const zero = Math.min(Math.max(Math.round(-low / scale), 0), steps)
      return brought(
        value,
        value,
        literal(value, 'scale', 'float32', [scale]),
        literal(value, 'zero', 'uint8', [zero]),
        'uint8',
      )
    },
    alike: (value, { inputs: { scale, zero } }) => brought(value, value, scale, zero, 'uint8'),
    exactly: (value) => {
      const scale = literal(value, 'scale', 'float32', [1])
      const zero = literal(value, 'zero', 'uint8', [0])
      const inputs = { input: value, scale, zero }
      return first(make('dequantize', inputs, { axis: 0 }, part(value, 'float32')))
    },
    constant: (value) => {
      // The input of no layer: its bias has no reach.
      const derivation = {
        rule: 'channelScale',
        axis: undefined,
        steps: weightSteps,
        reach: Number.POSITIVE_INFINITY,
      } as const
      const scale = first(make('derived', { from: [value] }, { derivation }, part(value, 'scale')))
      const middle = literal(value, 'zero', 'uint8', [weightSteps + 1])
      return brought(value, value, scale, middle, 'uint8')
    },
    weight: (layer, weight, bias, input) => {
      const of = { origin: part(layer, 'weight') }
      const reach = biasSteps * scaleOf(input)
      const derivation = { rule: 'channelScale', axis: 0, steps: weightSteps, reach } as const
      const from = bias ? [weight, bias] : [weight]
      const scale = first(make('derived', { from }, { derivation }, part(of, 'scale')))
      return brought(of, weight, scale, zeros(of, 'int8', scale), 'int8')
    },
    bias: (layer, bias, input, weight) => {
      const of = { origin: part(layer, 'bias') }
      const product = { left: input.inputs.scale, right: weight.inputs.scale }
      const steps = make('multiply', product, {}, part(of, 'scale'))
      const scale = first(computed(steps, steps.origin))
      return brought(of, bias, scale, zeros(of, 'int32', scale), 'int32')
    },
  }
}
