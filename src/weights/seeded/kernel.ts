import { elementCount } from '../../compiler/dimension.js'
import type { Convolution, Weighted } from '../../compiler/node.js'
import { between, drawn, eitherSign } from './draw.js'
import { at, type Moments, totalOf } from './moments.js'

/** The weight of a convolution or linear layer: how its sums run over it. */
export interface Layout {
  readonly groups: number
  /** Channels of each group, in and out. */
  readonly ins: number
  readonly outs: number
  /** Elements of the kernel. */
  readonly area: number
  /** Output positions per input position: how the taps of a transposed convolution are shared out. */
  readonly phases: number
  /** Where the taps between two channels begin. */
  offset(group: number, output: number, input: number): number
}

export function layoutOf(node: Weighted | Convolution): Layout {
  const [first = 1, second = 1, ...kernel] = node.inputs.weight.type.shape as readonly number[]
  const area = elementCount(kernel)
  if (node.kind === 'convTranspose') {
    const { groups, strides } = node.attributes
    const ins = first / groups
    return {
      groups,
      ins,
      outs: second,
      area,
      phases: strides[0] * strides[1],
      offset: (group, output, input) => ((group * ins + input) * second + output) * area,
    }
  }
  const groups = node.kind === 'linear' ? 1 : node.attributes.groups
  const outs = first / groups
  return {
    groups,
    ins: second,
    outs,
    area,
    phases: 1,
    offset: (group, output, input) => ((group * outs + output) * second + input) * area,
  }
}

/**
 * A weight as it is to be drawn: independent values between ±extent, each filter then moved the little that
 * gives Σ w·mean, over the means of its input, the value that `sums` has for it. So what a convolution
 * produces has a known mean in each channel, and the weights need not be drawn to know it.
 */
export interface Kernel {
  readonly layout: Layout
  readonly extent: number
  /** Of each input channel. */
  readonly means: Float64Array
  /** Σ means² of each group. */
  readonly powers: Float64Array
  /** For each output channel. */
  readonly sums: Float64Array
}

/** Plans a weight of a given extent over what it reads. The sums are of the size that they have by chance. */
export function planKernel(
  layout: Layout,
  extent: number,
  input: Moments,
  seed: number,
  name: string,
): Kernel {
  const { groups, ins, outs, area } = layout
  const means = Float64Array.from({ length: groups * ins }, (_, c) => at(input.mean, c))
  const powers = Float64Array.from(
    { length: groups },
    (_, group) => totalOf(input, group * ins, ins).power,
  )
  const chance = drawn(eitherSign(0.5, 1.3), groups * outs, seed, `${name}·mean`)
  const sums = Float64Array.from(
    chance,
    (u, o) => u * extent * Math.sqrt((area * (powers[Math.floor(o / outs)] as number)) / 3),
  )
  return { layout, extent, means, powers, sums }
}

export function drawKernel(kernel: Kernel, seed: number, name: string): Float32Array {
  const { layout, extent, means, powers, sums } = kernel
  const { groups, ins, outs, area, offset } = layout
  const values = drawn(between(-extent, extent), groups * ins * outs * area, seed, name)
  for (let group = 0; group < groups; group++) {
    const power = (powers[group] as number) * area
    if (power === 0) continue
    for (let output = 0; output < outs; output++) {
      let sum = 0
      for (let input = 0; input < ins; input++) {
        const mean = means[group * ins + input] as number
        const start = offset(group, output, input)
        let taps = 0
        for (let tap = start; tap < start + area; tap++) taps += values[tap] as number
        sum += mean * taps
      }
      const change = ((sums[group * outs + output] as number) - sum) / power
      for (let input = 0; input < ins; input++) {
        const move = change * (means[group * ins + input] as number)
        const start = offset(group, output, input)
        for (let tap = start; tap < start + area; tap++)
          values[tap] = (values[tap] as number) + move
      }
    }
  }
  return values
}

/** What a planned kernel makes of an input: that for which it was planned, or another. */
export function through({ layout, extent, means, powers, sums }: Kernel, input: Moments): Moments {
  const { groups, ins, outs, area, phases } = layout
  const mean = new Float64Array(groups * outs)
  const variance = new Float64Array(groups * outs)
  const terms = (area / phases) * (extent * extent) * (1 / 3)
  for (let group = 0; group < groups; group++) {
    const { power, spread } = totalOf(input, group * ins, ins)
    let along = 0
    for (let c = group * ins; c < (group + 1) * ins; c++)
      along += at(input.mean, c) * (means[c] as number)
    const planned = powers[group] as number
    const share = planned > 0 ? along / planned : 0
    // Means in other directions than the planned, and unlike phases, vary as if by position.
    const rest = Math.max(0, power - share * along) + (power * (phases - 1)) / phases
    for (let o = group * outs; o < (group + 1) * outs; o++) {
      mean[o] = (share * (sums[o] as number)) / phases
      variance[o] = terms * (spread + rest)
    }
  }
  return { mean, variance }
}
