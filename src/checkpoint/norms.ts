import { nodesOf } from '../compiler/graph.js'
import type { NodeOf } from '../compiler/node.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'

/** The names of a network's running variances. */
export function variancesOf(model: Model): ReadonlySet<string> {
  const names = normsOf(model).flatMap(({ inputs: { variance } }) =>
    variance.kind === 'parameter' ? [variance.attributes.name] : [],
  )
  return new Set(names)
}

/**
 * The epsilons of a network's batch norms, by the names of their scales.
 * @throws {InputError} where two of different epsilons share a scale: there is then no one |scale| + ε.
 */
export function epsilonsOf(model: Model): ReadonlyMap<string, number> {
  const epsilons = new Map<string, number>()
  for (const { inputs, attributes } of normsOf(model)) {
    if (inputs.scale.kind !== 'parameter') continue
    const { name } = inputs.scale.attributes
    const known = epsilons.get(name) ?? attributes.epsilon
    if (known !== attributes.epsilon)
      throw new InputError({
        problem: `${name} of ${model.name} is shared by batch norms of epsilons ${known} and ${attributes.epsilon}`,
        remedy: 'Give each norm a scale of its own.',
      })
    epsilons.set(name, attributes.epsilon)
  }
  return epsilons
}

/** InPlaceABN's scale, |weight| + ε, where a batch norm's is the weight. */
export function inPlaceScale(weight: Float32Array, epsilon: number): Float32Array {
  return weight.map((w) => Math.abs(w) + epsilon)
}

function normsOf({ graph }: Model): readonly NodeOf<'batchNorm'>[] {
  return nodesOf(graph).filter((node) => node.kind === 'batchNorm')
}
