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
  const order = [...graph.inputs, ...operationsOf(graph)]
  const last = new Map<Node, number>()
  for (const [i, node] of order.entries()) {
    last.set(node, i)
    for (const operand of operandsOf(node)) last.set(source(operand), i)
  }
  for (const { value } of graph.outputs) last.set(source(value), order.length)
  const freed = new Map<number, number>()
  let [alive, peak] = [0, 0]
  for (const [i, node] of order.entries()) {
    const bytes = [node.type].flat().reduce((sum, type) => sum + bytesOf(type), 0)
    const end = last.get(node) as number
    alive += bytes
    freed.set(end, (freed.get(end) ?? 0) + bytes)
    peak = Math.max(peak, alive)
    alive -= freed.get(i) ?? 0
  }
  return peak
}

function source(node: Node): Node {
  return node.kind === 'result' ? node.inputs.of : node
}
