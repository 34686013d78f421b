import { type Graph, nodesOf, readersOf } from '../compiler/graph.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'
import { equalTypes } from '../compiler/shape.js'
import type { Readers } from './reweighted.js'

export type Add = NodeOf<'add'>

/** A sum of several terms, made by adds of two. */
export interface Sum {
  readonly terms: readonly Value[]
  /** Those that make it, operands first: the last is the whole sum. */
  readonly adds: readonly Add[]
}

/** All that an add sums up: an operand that is an add of the same type, and read by nothing else, is looked through. */
export function sumAt(root: Add, readers: Readers): Sum {
  const terms: Value[] = []
  const adds: Add[] = []
  const stack: Value[] = [root]
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next === root || isPart(next, root, readers)) {
      adds.unshift(next as Add)
      const { left, right } = (next as Add).inputs
      stack.push(left, right)
    } else terms.unshift(next)
  }
  return { terms, adds }
}

/** The sums of a graph by their last add, each as a whole. */
export function sumsOf(graph: Graph): ReadonlyMap<Node, Sum> {
  const counts = readersOf(graph)
  const readers: Readers = (node) => counts.get(node) ?? 0
  const all = nodesOf(graph).filter((node) => node.kind === 'add')
  const parts = new Set<Node>()
  for (const add of all)
    for (const operand of [add.inputs.left, add.inputs.right])
      if (isPart(operand, add, readers)) parts.add(operand)
  return new Map(all.flatMap((add) => (parts.has(add) ? [] : [[add, sumAt(add, readers)]])))
}

function isPart(operand: Value, sum: Add, readers: Readers): operand is Add {
  return operand.kind === 'add' && readers(operand) === 1 && equalTypes(operand.type, sum.type)
}
