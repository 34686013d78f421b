import { InternalError } from '../../errors.js'
import { reachedFrom } from '../graph.js'
import { interpretNode, readBy } from '../interpret.js'
import type { Node } from '../node.js'

/** The values of a node that are known without computing: of a parameter, of an input, of what only a runtime knows. */
export type Given = (node: Node) => Promise<Float64Array | undefined>

/**
 * Interprets what some nodes need, one node at a time, and forgets what lies between as soon as its last reader has
 * read it. `given` is asked about every node, in order; what `isKnown` to be given needs nothing else.
 */
export async function interpretInTurn(
  wanted: Iterable<Node>,
  given: Given,
  isKnown: (node: Node) => boolean = () => false,
): Promise<ReadonlyMap<Node, Float64Array>> {
  const kept = new Set(wanted)
  const reads = (node: Node): readonly Node[] => (isKnown(node) ? [] : readBy(node))
  const order = reachedFrom([...kept], reads)
  const waiting = new Map<Node, number>()
  for (const node of order)
    for (const operand of reads(node)) waiting.set(operand, (waiting.get(operand) ?? 0) + 1)
  const values = new Map<Node, Float64Array>()
  for (const node of order) {
    const known = await given(node)
    const own = (): Float64Array => {
      if (known) return known
      throw new InternalError(`${node.kind} ${node.origin.path} is given no values`)
    }
    const stored = node.kind === 'parameter' || node.kind === 'input'
    const reading = {
      of: (operand: Node) => values.get(operand) as Float64Array,
      parameter: own,
      input: own,
    }
    values.set(node, known && !stored ? known : interpretNode(node, reading))
    for (const operand of reads(node)) {
      const left = (waiting.get(operand) as number) - 1
      waiting.set(operand, left)
      if (left === 0 && !kept.has(operand)) values.delete(operand)
    }
  }
  return values
}
