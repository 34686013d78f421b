import { type Graph, nodesOf, reachedFrom } from './graph.js'
import { peakActivations } from './memory.js'
import { type Node, operandsOf } from './node.js'

/** In which order a runtime runs nodes that a file lists in some order, each after what it reads. */
export type Running = (listed: readonly Node[]) => readonly Node[]

/** One after the other, as they are listed. */
export const asListed: Running = (listed) => listed

/**
 * As ONNX Runtime sorts them when it has read a file (`GraphViewer` in onnxruntime/core/graph/graph.cc): depth first
 * from the last node that nothing reads, each after what it reads, of which what is listed last goes first. Its
 * profile shows this order at the levels disabled, basic and extended.
 */
export const depthFirst: Running = (listed) => {
  const place = new Map(listed.map((node, i) => [node, i]))
  const read = new Set(listed.flatMap(operandsOf))
  const placeOf = (node: Node): number => place.get(node) as number
  const lastFirst = (nodes: readonly Node[]): readonly Node[] =>
    nodes.toSorted((a, b) => placeOf(b) - placeOf(a))
  const ends = listed.filter((node) => !read.has(node))
  return reachedFrom(lastFirst(ends), (node) => lastFirst(operandsOf(node)))
}

/**
 * As ONNX Runtime runs them on a CPU at level all: it makes nearly every node anew for its blocked layout, in the order
 * above, and sorts them once more.
 */
export const depthFirstTwice: Running = (listed) => depthFirst(depthFirst(listed))

/** The most bytes of activations that are alive at once where a runtime runs in such an order what a graph lists. */
export function peakOf(graph: Graph, running: Running): number {
  return peakActivations({ ...graph, order: running(nodesOf(graph)) })
}
