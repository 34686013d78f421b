import { isConstant, type Node, type NodeOf, operandsOf, type Value } from './node.js'

/** A network: what its outputs reach. Nothing else exists, so nothing is ever dead. */
export interface Graph {
  readonly name: string
  readonly inputs: readonly NodeOf<'input'>[]
  readonly outputs: readonly Output[]
  /** All nodes, in the order in which they are to be computed, where a pass chose one; what changes the graph drops it. */
  readonly order?: readonly Node[]
}

export interface Output {
  readonly name: string
  readonly value: Value
}

const orders = new WeakMap<Graph, readonly Node[]>()

/**
 * Every node that the outputs reach, operands before what reads them; the order is the graph's own where it has
 * one, else that of first use from the first output on, and so the same for the same network.
 */
export function nodesOf(graph: Graph): readonly Node[] {
  const known = graph.order ?? orders.get(graph)
  if (known) return known
  const order = reachedFrom(endsOf(graph))
  orders.set(graph, order)
  return order
}

/** What a graph is given and gives: all that its nodes are reached from. */
export function endsOf({ inputs, outputs }: Graph): readonly Node[] {
  return [...inputs, ...outputs.map(({ value }) => value)]
}

/** The same graph, of what its inputs and outputs have become. */
export function withEnds(graph: Graph, became: ReadonlyMap<Node, Node>): Graph {
  return {
    name: graph.name,
    inputs: graph.inputs.map((input) => became.get(input) as typeof input),
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: became.get(value) as Value })),
  }
}

/** The nodes that some nodes reach by what each reads, themselves included, operands first. Without recursion: chains are long. */
export function reachedFrom(
  roots: readonly Node[],
  reads: (node: Node) => readonly Node[] = operandsOf,
): readonly Node[] {
  const order: Node[] = []
  const seen = new Set<Node>()
  const stack: { node: Node; operands: readonly Node[]; next: number }[] = []
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    stack.push({ node, operands: reads(node), next: 0 })
  }
  for (const root of roots) {
    visit(root)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const operand = top.operands[top.next++]
      if (operand) visit(operand)
      else {
        order.push(top.node)
        stack.pop()
      }
    }
  }
  return order
}

/** What an expression over constants is made of: the constants it reads, and the operations on them. */
export function expressionOf(value: Value): readonly Node[] {
  return reachedFrom([value], (node) => (isConstant(node) ? [] : operandsOf(node)))
}

/** The nodes that compute something at run time: neither inputs nor constants, nor a mere `result`. */
export function operationsOf(graph: Graph): readonly Node[] {
  return nodesOf(graph).filter(({ kind }) => !stored.has(kind))
}

const stored: ReadonlySet<string> = new Set(['input', 'parameter', 'derived', 'result'])

/** The parameters that a graph reads, once each, derived ones looked through. */
export function parametersOf(graph: Graph): readonly NodeOf<'parameter'>[] {
  return nodesOf(graph).filter((node) => node.kind === 'parameter')
}

/** How often each node is read; an output reads its value too. */
export function readersOf(graph: Graph): ReadonlyMap<Node, number> {
  const readers = new Map<Node, number>()
  const read = (operand: Node): void => void readers.set(operand, (readers.get(operand) ?? 0) + 1)
  for (const node of nodesOf(graph)) for (const operand of operandsOf(node)) read(operand)
  for (const { value } of graph.outputs) read(value)
  return readers
}

/** What some nodes lead to, themselves included. */
export function ledToBy(graph: Graph, isStart: (node: Node) => boolean): ReadonlySet<Node> {
  const found = new Set<Node>()
  for (const node of nodesOf(graph))
    if (isStart(node) || operandsOf(node).some((operand) => found.has(operand))) found.add(node)
  return found
}
