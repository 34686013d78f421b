import type { Change } from '../compiler/rewrite.js'
import type { StepProof } from '../proof/proof.js'
import type { Comparison } from '../runtime/compare.js'
import type { FeatureComparison } from './features.js'
import type { Unproved } from './unproved.js'

/** Equal within the limits; different; or neither, since what was compared says nothing. */
export type Verdict = 'equal' | 'different' | 'unproved'

/** An output of the compiled network, compared: `tolerance` is its limit, derived or stated. */
export interface OutputComparison extends Comparison {
  /** How far the network as written is off float64 by itself, in float32: its `relative`. */
  readonly plain: number
  /** Whether the comparison says something: what is not proved is not `ok`, and not different either. */
  readonly proved: boolean
}

/** A pass that changed the network, and what was found of it. */
export interface PassVerdict {
  readonly name: string
  readonly equation: string
  readonly changes: Change
  readonly ok: boolean
  /** Its firings, each proved where it fired. */
  readonly proof: StepProof
  /** How many values of the network as written were compared behind it, outputs among them. */
  readonly compared: number
  /** The one nearest to its limit; none where nothing was compared. */
  readonly worst?: FeatureComparison
  /** Where the network parts from what it means, behind this pass: the first value that is not ok. */
  readonly first?: FeatureComparison
}

/** What outputs and passes come to; an output of which nothing is proved is not different. */
export function verdictOf(
  outputs: readonly OutputComparison[],
  passes: readonly PassVerdict[],
  unproved: readonly Unproved[],
): Verdict {
  const differs = outputs.some(({ ok, proved }) => !ok && proved)
  if (differs || passes.some(({ ok }) => !ok)) return 'different'
  return unproved.length > 0 ? 'unproved' : 'equal'
}
