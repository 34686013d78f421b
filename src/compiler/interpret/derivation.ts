import { InternalError } from '../../errors.js'
import { elementCount } from '../dimension.js'
import type { Derivation, NodeOf, Value } from '../node.js'
import { around } from './joining.js'
import { type Reading, sidesOf } from './reading.js'

type Rules = {
  readonly [R in Derivation['rule']]: (
    derivation: Derivation & { rule: R },
    node: NodeOf<'derived'>,
    reading: Reading,
  ) => Float64Array
}

/** How each derived parameter follows from those it is derived from; see `Derivation` for the equations. */
const rules: Rules = {
  normFactor: ({ epsilon }, node, reading) => {
    const [scale, variance] = [operand(node, 0, reading), operand(node, 1, reading)]
    return scale.map((s, c) => s / Math.sqrt((variance[c] as number) + epsilon))
  },
  normOffset: (_, node, reading) => {
    const [shift, mean, factor] = [0, 1, 2].map((i) => operand(node, i, reading)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    const bias = node.inputs.from[3] && operand(node, 3, reading)
    return shift.map((s, c) => s + ((bias?.[c] ?? 0) - (mean[c] as number)) * (factor[c] as number))
  },
  scaleChannels: (derivation, node, reading) => {
    const [weight, factor] = [operand(node, 0, reading), operand(node, 1, reading)]
    return scaleChannels(derivation, node, weight, factor, new Float64Array(weight.length))
  },
  throughWeight: ({ groups }, node, reading) => {
    const [weight, offset] = [operand(node, 0, reading), operand(node, 1, reading)]
    const bias = node.inputs.from[2] && operand(node, 2, reading)
    const [outs = 1] = sidesOf(node.type)
    const run = weight.length / outs
    const within = offset.length / groups
    return Float64Array.from({ length: outs }, (_, o) => {
      const group = Math.floor(o / (outs / groups))
      let sum = bias?.[o] ?? 0
      for (let at = 0; at < run; at++)
        sum +=
          (weight[o * run + at] as number) *
          (offset[group * within + Math.floor((at * within) / run)] as number)
      return sum
    })
  },
  channelScale: ({ axis, steps, reach }, node, reading) => {
    const weight = operand(node, 0, reading)
    const [side = 1] = sidesOf(node.type)
    const { shape } = (node.inputs.from[0] as Value).type
    const inner = axis === undefined ? weight.length : around(shape as number[], axis).inner
    const largest = new Float64Array(side)
    for (const [i, w] of weight.entries()) {
      const at = Math.floor(i / inner) % side
      largest[at] = Math.max(largest[at] as number, Math.abs(w))
    }
    const bias = node.inputs.from[1] && operand(node, 1, reading)
    return largest.map((most, c) => Math.max((most || 1) / steps, Math.abs(bias?.[c] ?? 0) / reach))
  },
  literal: ({ numbers }) => Float64Array.from(numbers),
  computed: ({ expression }, _, { of }) => of(expression),
}

/**
 * Fills `y` with a weight, each channel times its factor. Weights are large: in loops, which take a fifth of
 * what a function for each value takes.
 */
export function scaleChannels<Y extends Float64Array | Float32Array>(
  { axis, groups }: Derivation & { rule: 'scaleChannels' },
  { type }: NodeOf<'derived'>,
  weight: Float64Array | Float32Array,
  factor: Float64Array,
  y: Y,
): Y {
  const [first = 1, second = 1, ...rest] = sidesOf(type)
  const area = elementCount(rest)
  const columns = axis === 0 ? 1 : second
  const run = (second * area) / columns
  for (let row = 0, at = 0; row < first; row++) {
    const group = Math.floor(row / (first / groups))
    for (let c = 0; c < columns; c++) {
      const by = factor[axis === 0 ? row : group * second + c] as number
      for (const end = at + run; at < end; at++) y[at] = (weight[at] as number) * by
    }
  }
  return y
}

export function derived(node: NodeOf<'derived'>, reading: Reading): Float64Array {
  const { derivation } = node.attributes
  const rule = rules[derivation.rule] as (
    derivation: Derivation,
    node: NodeOf<'derived'>,
    reading: Reading,
  ) => Float64Array
  return rule(derivation, node, reading)
}

function operand(
  { inputs, attributes }: NodeOf<'derived'>,
  i: number,
  { of }: Reading,
): Float64Array {
  const from = inputs.from[i]
  if (!from)
    throw new InternalError(`${attributes.derivation.rule} of ${inputs.from.length} parameters`)
  return of(from)
}
