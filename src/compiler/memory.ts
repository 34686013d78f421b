import { elementBytes } from './cost.js'
import { elementCount } from './dimension.js'
import { type Graph, operationsOf } from './graph.js'
import { type Node, operandsOf, type TensorType } from './node.js'

/** Bytes of a tensor; 0 where a side is symbolic. */
export function bytesOf({ element, shape }: TensorType): number {
  return (elementCount(shape) ?? 0) * elementBytes[element]
}

/** A node's turn. */
export interface Moment {
  readonly node: Node
  /** Bytes of activations that are alive while it runs. */
  readonly bytes: number
  /** At which turn its value is read last. */
  readonly until: number
}

/**
 * The most bytes of activations that are alive at once when operations run one by one in order, each
 * value being freed after its last reader: what a runtime needs that writes no result over what it reads.
 */
export function peakActivations(graph: Graph): number {
  return momentsOf(graph).reduce((most, { bytes }) => Math.max(most, bytes), 0)
}

/** What is alive where most bytes of activations are, the first time that they are. */
export function aliveAtPeak(graph: Graph): ReadonlySet<Node> {
  const moments = momentsOf(graph)
  const most = moments.reduce((largest, { bytes }) => Math.max(largest, bytes), 0)
  const peak = moments.findIndex(({ bytes }) => bytes === most)
  return new Set(
    moments.filter(({ until }, i) => i <= peak && until >= peak).map(({ node }) => node),
  )
}

/** Each node in turn: inputs first, then operations. */
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
