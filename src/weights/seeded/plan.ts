import { elementCount } from '../../compiler/dimension.js'
import { type Graph, nodesOf } from '../../compiler/graph.js'
import { dispatch, type Node, type NodeOf } from '../../compiler/node.js'
import { drawn } from './draw.js'
import { drawKernel, type Kernel } from './kernel.js'
import { at, type Moments } from './moments.js'
import { after, free, type Planning } from './statistics.js'

/** What a parameter's values are: drawn already where they are few, planned where they are many. */
export type Planned = { readonly values: Float32Array } | { readonly kernel: Kernel }

/**
 * Walks a graph once, operands first, and follows the mean and the variance of every channel: what each
 * parameter is to be follows from those of what its layer reads. Weights are independent and of mean 0, so
 * the variance of Σ w·x is (number of terms)·E[w²]·var(x), however the x hang together; its mean is planned
 * (`Kernel`). Sizes of maps play no part. An input counts as of mean 0 and variance 1, a foreign operator as
 * keeping what it reads. A shared parameter is made for its first reader.
 */
export function planParameters(graph: Graph, seed: number): ReadonlyMap<string, Planned> {
  const moments = new Map<Node, Moments>()
  const plans = new Map<string, Planned>()
  const planning: Planning = {
    seed,
    of: (operand) => moments.get(operand) as Moments,
    vector: (value, range, unit = () => 1, base = () => 0) => {
      const channels = (value.type.shape[0] as number | undefined) ?? 1
      if (value.kind !== 'parameter')
        return new Float32Array(channels).fill(at(planning.of(value).mean, 0))
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
    ...readersIn(graph),
  }
  for (const node of nodesOf(graph)) moments.set(node, dispatch(after, node, planning))
  return plans
}

/** The values of a parameter, as planned under its name; of what no layer planned, near 1. */
export function drawParameter(
  { attributes: { name, shape } }: NodeOf<'parameter'>,
  plan: Planned | undefined,
  seed: number,
): Float32Array {
  if (plan) return 'values' in plan ? plan.values.slice() : drawKernel(plan.kernel, seed, name)
  return drawn(free, elementCount(shape), seed, name)
}

/** What of a value's readers decides its size. */
function readersIn(graph: Graph): Pick<Planning, 'normedBy' | 'feedsSum' | 'movesBoxes'> {
  const epsilons = new Map<Node, number>()
  const summed = new Set<Node>()
  const moving = new Set<Node>()
  for (const node of nodesOf(graph).toReversed()) {
    const { kind, inputs } = node
    // Of several norms on one value the first in the graph's order stays.
    if (kind === 'batchNorm') epsilons.set(inputs.input, node.attributes.epsilon)
    if (kind === 'add') summed.add(inputs.left).add(inputs.right)
    if ((kind === 'resize' || kind === 'identity') && summed.has(node)) summed.add(inputs.input)
    if (kind === 'decodeBoxes') moving.add(inputs.deltas)
    if ((kind === 'reshape' || kind === 'transpose' || kind === 'gather') && moving.has(node))
      moving.add(inputs.input)
  }
  return {
    normedBy: (value) => epsilons.get(value),
    feedsSum: (value) => summed.has(value),
    movesBoxes: (value) => moving.has(value),
  }
}
