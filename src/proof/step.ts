import { type Proved, proofOf, proved } from './firing.js'
import type { FiredPass, StepProof, StepProofOptions } from './proof.js'

/**
 * Proves every firing of a pass. Those that compute the same operations on the same types, down to what is fed, are
 * computed once, unless `all` are asked for: a network of many blocks has few distinct ones.
 */
export function proveStep({ pass, firings }: FiredPass, options: StepProofOptions): StepProof {
  const { name, equation, changes } = pass
  const known = new Map<string, Proved>()
  const outcomes = firings.map((firing) =>
    proved(firing, { seed: options.seed, changes }, options.all ? new Map() : known),
  )
  const proofs = firings.map((firing, i) => proofOf(firing, outcomes[i] as Proved))
  const [first, ...rest] = proofs
  const worst = rest.reduce(
    (worst, each) => (each.ratio <= (worst?.ratio ?? 0) ? worst : each),
    first,
  )
  return {
    name,
    equation,
    changes,
    firings: firings.length,
    distinct: new Set(outcomes).size,
    worst,
    failed: proofs.filter(({ ok }) => !ok),
  }
}
