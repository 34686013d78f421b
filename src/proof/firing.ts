import { costOf } from '../compiler/cost.js'
import { make } from '../compiler/make.js'
import { isMultiple, type Node } from '../compiler/node.js'
import type { Change, Firing } from '../compiler/rewrite.js'
import { compared, type Outcome } from './compare.js'
import type { FiringProof, ProofOptions } from './proof.js'
import { type Region, regionOf } from './region.js'
import { spellingOf } from './spelling.js'

export interface FiringProofOptions extends ProofOptions {
  /** What the pass may change (rounding): where it is precision, what narrows is held against the number before it. */
  readonly changes?: Change
}

/** What is proved whatever the place: firings that are alike share one. */
export type Proved = Outcome & { readonly depth: number }

/**
 * Proves that what a pass put in place of a node computes the same: both sides, of the same numbers, differ by no more
 * than the rounding of both accounts for. The numbers are fed where both sides read the same nodes, so that it holds
 * for any values there; where it only holds of what feeds these nodes (relu(relu(x)) = relu(x)), further down, at last
 * at the network's inputs, or where that would take longer than a second.
 */
export function proveFiring(firing: Firing, options: FiringProofOptions): FiringProof {
  return proofOf(firing, proved(firing, options, new Map()))
}

/** What was proved, of the place where it fired. */
export function proofOf({ before, after }: Firing, { open: _, ...proved }: Proved): FiringProof {
  return { path: before.origin.path, before: before.kind, after: after.kind, ...proved }
}

/** @param known what was proved of regions, by their text; what is new is added. */
export function proved(
  { before, after }: Firing,
  { seed, changes = 'rounding' }: FiringProofOptions,
  known: Map<string, Proved>,
): Proved {
  const [old, now] = [resultsOf(before), resultsOf(after)]
  const pairs = old.map((each, i) => [each, now[i] as Node] as const)
  for (let depth = 0; ; depth = depth * 2 || 1) {
    const region = regionOf(old, now, depth)
    const spelt = spellingOf(region)
    const outcome = known.get(spelt) ?? { ...compared(region, pairs, { seed, changes }), depth }
    known.set(spelt, outcome)
    if (!outcome.open || region.whole) return outcome
    if (macsOf(region) > mostMacs)
      return { ...outcome, note: `${outcome.note}; deeper than ${depth} was not tried` }
  }
}

/** What takes longer than a second is computed for what is fed next to the firing, and not for what is deeper. */
const mostMacs = 1e8

function macsOf({ order, leaves }: Region): number {
  const costs = order.filter((node) => !leaves.has(node)).map(costOf)
  return costs.reduce((sum, cost) => sum + (typeof cost === 'object' ? cost.macs : 0), 0)
}

/** A node of several results has no value of its own. */
function resultsOf(node: Node): readonly Node[] {
  if (!isMultiple(node)) return [node]
  return node.type.map((_, index) => make('result', { of: node }, { index }, node.origin))
}
