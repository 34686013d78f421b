import type { Costs } from '../../compiler/costs.js'
import type { Node } from '../../compiler/node.js'
import { layouts } from './layout.js'
import { type Work, workOf } from './work.js'

/** What `npm run bench:costs` measured on one kind of machine. */
export interface CostTable {
  /** The widest instructions that the processor has, as `instructionsHere` names them. */
  readonly instructions: string
  readonly machine: string
  readonly runtime: string
  readonly date: string
  /** Channels in a block of the runtime's own layout; 1 where it has none. */
  readonly block: number
  /** Nanoseconds of one thread for each unit of work. */
  readonly nanoseconds: Readonly<Record<Work, number>>
  /** How far a network of the grid is from what the table says, in the middle and at the 90th of 100, as a part. */
  readonly misfit: { readonly middle: number; readonly most: number }
  /** Half of a network's own runs lie within this part of their middle. */
  readonly noise: number
}

/** What a table says of nodes. */
export function measured(table: CostTable): Costs {
  const { block, nanoseconds, instructions, machine, runtime, date, misfit } = table
  const layoutOf = layouts(block)
  const known = new WeakMap<Node, number>()
  return {
    source: `measured for ${instructions} on ${machine}, ${runtime}, one thread, ${date}`,
    unit: 'ns',
    misfit: misfit.middle,
    of(node) {
      const before = known.get(node)
      if (before !== undefined) return before
      const amounts = Object.entries(workOf(node, block, layoutOf)) as [Work, number][]
      const cost = amounts.reduce((sum, [work, amount]) => sum + amount * nanoseconds[work], 0)
      known.set(node, cost)
      return cost
    },
  }
}
