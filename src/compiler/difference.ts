import { serialOf } from './make.js'
import { type Node, operandsOf } from './node.js'

/** The nodes that one form of some values reaches and the other does not, each in the order in which they were made. */
export interface Difference {
  readonly before: readonly Node[]
  readonly after: readonly Node[]
}

/** By which of the two forms a node is reached. */
type Reached = { before: boolean; after: boolean }

/**
 * What two forms of some values do not share. It looks no further than there is something that only one of them
 * reaches, however large the network is: a node was made after all that it reads, so the latest of those that are left
 * is reached by nothing that is still to come.
 */
export function difference(before: readonly Node[], after: readonly Node[]): Difference {
  const reached = new Map<Node, Reached>()
  /** By when they were made. */
  const left: Node[] = []
  let single = 0
  const isSingle = (by: Reached): boolean => by.before !== by.after
  const reach = (node: Node, by: Reached): void => {
    const known = reached.get(node)
    if (!known) {
      reached.set(node, { ...by })
      left.splice(placeIn(left, serialOf(node)), 0, node)
      if (isSingle(by)) single++
      return
    }
    const was = isSingle(known)
    known.before ||= by.before
    known.after ||= by.after
    if (was && !isSingle(known)) single--
  }
  for (const node of before) reach(node, { before: true, after: false })
  for (const node of after) reach(node, { before: false, after: true })
  const [old, now]: [Node[], Node[]] = [[], []]
  while (single > 0) {
    const node = left.pop() as Node
    const by = reached.get(node) as Reached
    if (isSingle(by)) {
      single--
      ;(by.before ? old : now).push(node)
    }
    for (const operand of operandsOf(node)) reach(operand, by)
  }
  return { before: old.reverse(), after: now.reverse() }
}

/** How many of some nodes were made before another. */
function placeIn(nodes: readonly Node[], serial: number): number {
  let [low, high] = [0, nodes.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (serialOf(nodes[middle] as Node) < serial) low = middle + 1
    else high = middle
  }
  return low
}
