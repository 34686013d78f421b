import { difference } from './difference.js'
import type { Node } from './node.js'

/** What running a node costs on some machine, as a pass weighs one form of a network against another. */
export interface Costs {
  /** Where the figures are from, for people. */
  readonly source: string
  readonly unit: 'ns' | 'MACs' | 'launches'
  /** The part by which what was measured is off these figures, in the middle: a gain within it is none. */
  readonly misfit: number
  /** Of one node, each time the network runs; a side that is open counts as a usual size. */
  of(node: Node): number
}

/** What some nodes cost, and what those cost that may take their place. */
export interface Weighed {
  readonly before: number
  readonly after: number
}

/**
 * What some values cost, and others that take their place: what both reach is left out. What of the old is read
 * elsewhere too stays, and is to be refused by who asks.
 */
export function weigh(before: readonly Node[], after: readonly Node[], costs: Costs): Weighed {
  const apart = difference(before, after)
  const total = (nodes: readonly Node[]): number =>
    nodes.reduce((sum, node) => sum + costs.of(node), 0)
  return { before: total(apart.before), after: total(apart.after) }
}

/** How much less some values cost than others that take their place. */
export function gainOf(before: readonly Node[], after: readonly Node[], costs: Costs): number {
  const weighed = weigh(before, after, costs)
  return weighed.before - weighed.after
}
