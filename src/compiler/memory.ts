import { elementBytes } from './cost.js'
import { elementCount } from './dimension.js'
import { type Graph, operationsOf } from './graph.js'
import { type Node, operandsOf, type TensorType } from './node.js'

/** Bytes of a tensor; 0 where a side is symbolic. */
export function bytesOf({ element, shape }: TensorType): number {
  return (elementCount(shape) ?? 0) * elementBytes[element]
}

/** Why nothing is known of how many bytes of activations are alive, where a side is open: the first node that has one. */
export function unknownBytes(graph: Graph): string | undefined {
  const open = [...graph.inputs, ...operationsOf(graph)].find(({ type }) =>
    [type].flat().some(({ shape }) => elementCount(shape) === undefined),
  )
  return open && `its bytes are not known: ${open.kind} ${open.origin.path} is of any size`
}

/** What is alive while one node runs. */
export interface Moment {
  readonly node: Node
  /** Of activations, its own results included. */
  readonly bytes: number
  /** At which place in the order its value is read last. */
  readonly until: number
}

/**
 * The most bytes of activations that are alive at once when operations run one by one in order, each
 * value being freed after its last reader: what a runtime needs that writes no result over what it reads. Of some
 * operations: while one of them runs.
 */
export function peakActivations(graph: Graph, during?: ReadonlySet<Node>): number {
  const moments = momentsOf(graph).filter(({ node }) => !during || during.has(node))
  return moments.reduce((most, { bytes }) => Math.max(most, bytes), 0)
}

/** What is alive where most bytes of activations are, the first time that they are. */
export function aliveAtPeak(graph: Graph): ReadonlySet<Node> {
  const [all, most] = [momentsOf(graph), peakActivations(graph)]
  const peak = all.findIndex(({ bytes }) => bytes === most)
  return new Set(all.filter(({ until }, i) => i <= peak && until >= peak).map(({ node }) => node))
}

/** Inputs first, then operations: each node in turn. */
export function momentsOf(graph: Graph): readonly Moment[] {
  const order = [...graph.inputs, ...operationsOf(graph)]
  const last = new Map<Node, number>()
  for (const [i, node] of order.entries()) {
    last.set(node, i)
    for (const operand of operandsOf(node)) last.set(source(operand), i)
  }
  for (const { value } of graph.outputs) last.set(source(value), order.length)
  const freed = new Map<number, number>()
  let alive = 0
  return order.map((node, i) => {
    const own = bytesOfResults(node)
    const until = last.get(node) as number
    alive += own
    freed.set(until, (freed.get(until) ?? 0) + own)
    const bytes = alive
    alive -= freed.get(i) ?? 0
    return { node, bytes, until }
  })
}

/** Bytes of all that a node computes. */
export function bytesOfResults(node: Node): number {
  return [node.type].flat().reduce((sum, type) => sum + bytesOf(type), 0)
}

/** The node that computes a value. */
export function source(node: Node): Node {
  return node.kind === 'result' ? node.inputs.of : node
}
