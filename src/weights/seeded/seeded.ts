import type { Graph } from '../../compiler/graph.js'
import { InputError } from '../../errors.js'
import type { Weights } from '../source.js'
import { drawParameter, planParameters } from './plan.js'

/**
 * Seeded initialisation of a network as written, the same bytes on every machine. A parameter's values depend
 * on the seed, its name, and the statistics of the layers before it; never on the input's size.
 *
 * Batch norms get statistics as after training: means and variances of the size that their convolutions
 * really produce, perturbed per channel, a few scales negative. So activations stay near 1 however deep the
 * network, and a norm's mean, scale and epsilon (a quarter of its variance) each matter to the output. Shifts
 * before activations are positive, and norms that feed sums put out a quarter: rounding errors stay small. With
 * statistics drawn independently of the convolutions, means of size 1 or variances of size 1 beside
 * convolutions that produce 0.01 would drown the signal: every norm would put out little but its shift, an
 * epsilon of 1e-5 beside a variance of 1 could be left out unnoticed, and folding would never be tested.
 * @throws {InputError} where the seed is no whole number from 0 to 2^53 − 1.
 */
export function seeded(graph: Graph, seed: number): Weights {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InputError({
      problem: `a seed of ${seed}`,
      remedy: 'A seed is a whole number from 0 to 2^53 - 1.',
    })
  const plans = planParameters(graph, seed)
  return {
    label: `seed ${seed}`,
    read: (parameter) => drawParameter(parameter, plans.get(parameter.attributes.name), seed),
  }
}
