import { nodesOf } from '../compiler/graph.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'

/** What the batch norms of a network read. */
export interface Norms {
  /** Names of running variances. */
  readonly variances: ReadonlySet<string>
  /** The epsilons of norms by the names of their scales. */
  readonly scales: ReadonlyMap<string, number>
}

/** @throws {InputError} where two norms of different epsilons share a scale, of which then there is no |scale| + ε. */
export function normsOf({ graph, name }: Model): Norms {
  const variances = new Set<string>()
  const scales = new Map<string, number>()
  for (const node of nodesOf(graph)) {
    if (node.kind !== 'batchNorm') continue
    const { scale, variance } = node.inputs
    const { epsilon } = node.attributes
    if (variance.kind === 'parameter') variances.add(variance.attributes.name)
    if (scale.kind !== 'parameter') continue
    const known = scales.get(scale.attributes.name) ?? epsilon
    if (known !== epsilon)
      throw new InputError({
        problem: `${scale.attributes.name} of ${name} is shared by batch norms of epsilons ${known} and ${epsilon}`,
        remedy: 'Give each norm a scale of its own.',
      })
    scales.set(scale.attributes.name, epsilon)
  }
  return { variances, scales }
}

/** InPlaceABN's scale, |weight| + ε, in place; computed in float32, as its kernel does. */
export function inPlaceScale(weight: Float32Array, epsilon: number): Float32Array {
  return weight.map((w) => Math.fround(Math.abs(w)) + Math.fround(epsilon))
}
