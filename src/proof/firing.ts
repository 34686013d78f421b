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
  /** Whether it is computed at every scale (true); else at the first that decides. */
  readonly all?: boolean
}

/** What is proved whatever the place: firings that are alike share one. */
export interface Proved extends Outcome {
  readonly depth: number
  /** Whether it was fed at the inputs and parameters, below which there is nothing. */
  readonly whole: boolean
}

/**
 * Proves that what a pass put in place of a node computes the same: both sides, of the same numbers, differ by no more
 * than the rounding of both accounts for. The numbers are fed where both sides read the same nodes, so that it holds
 * for any values there; where it only holds of what feeds these nodes (relu(relu(x)) = relu(x)), further down, at last
 * at the network's inputs, or where that would take longer than a second.
 */
export function proveFiring(firing: Firing, options: FiringProofOptions): FiringProof {
  return proofOf(firing, proved(firing, options, { known: new Map(), deepest: mostMacs }))
}

/** What was proved, of the place where it fired. */
export function proofOf({ before, after }: Firing, proved: Proved): FiringProof {
  const { open, whole, note, ...rest } = proved
  const limited = open && !whole
  const limit = limited ? `; deeper than ${proved.depth} was not tried` : ''
  return {
    path: before.origin.path,
    before: before.kind,
    after: after.kind,
    ...rest,
    ...(limited && { limited }),
    ...(note && { note: note + limit }),
  }
}

export interface Search {
  /** What was proved of regions, by their text; what is new is added. */
  readonly known: Map<string, Proved>
  /** How many multiply-accumulates what is fed deeper may take. */
  readonly deepest: number
}

/** What is fed deeper than next to the firing is to take no longer than about a second. */
export const mostMacs = 1e8

export function proved(
  { before, after }: Firing,
  { seed, changes = 'rounding', all = true }: FiringProofOptions,
  { known, deepest }: Search,
): Proved {
  const [old, now] = [resultsOf(before), resultsOf(after)]
  const pairs = old.map((each, i) => [each, now[i] as Node] as const)
  const at = (region: Region, depth: number): Proved => {
    const spelt = spellingOf(region)
    const { whole } = region
    const outcome = known.get(spelt) ?? {
      ...compared(region, pairs, { seed, changes, all }),
      depth,
      whole,
    }
    known.set(spelt, outcome)
    return outcome
  }
  let outcome = at(regionOf(old, now, 0), 0)
  for (let depth = 1; outcome.open && !outcome.whole; depth *= 2) {
    const region = regionOf(old, now, depth)
    if (macsOf(region) > deepest) break
    outcome = at(region, depth)
  }
  return outcome
}

function macsOf({ order, leaves }: Region): number {
  const costs = order.filter((node) => !leaves.has(node)).map(costOf)
  return costs.reduce((sum, cost) => sum + (typeof cost === 'object' ? cost.macs : 0), 0)
}

/** A node of several results has no value of its own. */
function resultsOf(node: Node): readonly Node[] {
  if (!isMultiple(node)) return [node]
  return node.type.map((_, index) => make('result', { of: node }, { index }, node.origin))
}
