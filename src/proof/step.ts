import { mostMacs, type Proved, proofOf, proved } from './firing.js'
import type { FiredPass, FiringProof, StepProof, StepProofOptions } from './proof.js'

/**
 * Proves every firing of a pass. Those that compute the same operations on the same types, down to what is fed, are
 * computed once and at one scale, unless `all` are asked for: a network of many blocks has few distinct ones. Once three have failed,
 * others that differ are looked into without another convolution, since the pass is wrong whatever becomes of them.
 */
export function proveStep({ pass, firings }: FiredPass, options: StepProofOptions): StepProof {
  const { name, equation, changes } = pass
  const known = new Map<string, Proved>()
  const outcomes: Proved[] = []
  let left = 3
  for (const firing of firings) {
    const search = { known: options.all ? new Map() : known, deepest: left > 0 ? mostMacs : 0 }
    const outcome = proved(
      firing,
      { seed: options.seed, changes, all: options.all ?? false },
      search,
    )
    if (outcome.open) left--
    outcomes.push(outcome)
  }
  const proofs = firings.map((firing, i) => proofOf(firing, outcomes[i] as Proved))
  const rank = ({ ok, ratio }: FiringProof): number => (ok ? ratio : Number.POSITIVE_INFINITY)
  const [first, ...rest] = proofs
  const worst = rest.reduce(
    (worst, each) => (worst && rank(each) > rank(worst) ? each : worst),
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
