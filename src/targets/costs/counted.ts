import type { Costs } from '../../compiler/costs.js'
import { isConstant, type Node, operandsOf } from '../../compiler/node.js'
import { usualBytes, usualMacs } from './usual.js'
import { isComputed } from './work.js'

/** How many multiply-accumulates take as long as a byte that is read or written. */
const macsPerByte = 8

/** What a network costs where nobody measured. */
export const counted: Costs = {
  source: `counted: multiply-accumulates, and ${macsPerByte} more for each byte of activations read or written`,
  unit: 'MACs',
  // Nobody measured what it is off: whatever counts less is taken.
  misfit: 0,
  of: (node) => usualMacs(node) + macsPerByte * movedBy(node),
}

function movedBy(node: Node): number {
  if (!isComputed(node)) return 0
  const read = operandsOf(node).filter((operand) => !isConstant(operand))
  return read.reduce((sum, operand) => sum + usualBytes(operand), usualBytes(node))
}
