import { elementBytes } from './cost.js'
import { elementCount } from './dimension.js'
import { type Graph, operationsOf } from './graph.js'
import { type Node, operandsOf, type TensorType } from './node.js'

/** Bytes of a tensor; 0 where a side is symbolic. */
export function bytesOf({ element, shape }: TensorType): number {
  return (elementCount(shape) ?? 0) * elementBytes[element]
}

/**
 * The most bytes of activations that are alive at once when operations run one by one in order, each
 * value being freed after its last reader: what a runtime needs that writes no result over what it reads.
 */
export function peakActivations(graph: Graph): number {
  return Math.max(0, ...[...lifetimes(graph)].map(({ alive }) => alive))
}

/** What is alive where most bytes of activations are, the first time that they are. */
export function aliveAtPeak(graph: Graph): ReadonlySet<Node> {
  const all = [...lifetimes(graph)]
  const peak = all.findIndex(({ alive }) => alive === peakActivations(graph))
  return new Set(all.filter(({ until }, i) => i <= peak && until >= peak).map(({ node }) => node))
}

/** An operation, in order. */
interface Lifetime {
  readonly node: Node
  /** At which place in the order its value is read last. */
  readonly until: number
  /** Bytes while it runs. */
  readonly alive: number
}

function* lifetimes(graph: Graph): Generator<Lifetime> {
  const order = [...graph.inputs, ...operationsOf(graph)]
  const last = new Map<Node, number>()
  for (const [i, node] of order.entries()) {
    last.set(node, i)
    for (const operand of operandsOf(node)) last.set(source(operand), i)
  }
  for (const { value } of graph.outputs) last.set(source(value), order.length)
  const freed = new Map<number, number>()
  let alive = 0
  for (const [i, node] of order.entries()) {
    const bytes = [node.type].flat().reduce((sum, type) => sum + bytesOf(type), 0)
    const until = last.get(node) as number
    alive += bytes
    freed.set(until, (freed.get(until) ?? 0) + bytes)
    yield { node, until, alive }
    alive -= freed.get(i) ?? 0
  }
}

function source(node: Node): Node {
  return node.kind === 'result' ? node.inputs.of : node
}
