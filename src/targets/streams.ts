import type { Costs } from '../compiler/costs.js'
import { type Graph, operationsOf } from '../compiler/graph.js'
import { source } from '../compiler/memory.js'
import { type Node, operandsOf } from '../compiler/node.js'
import { depthFirst } from '../compiler/running.js'

/** On which of several streams of a GPU, counted from 0, each operation runs. */
export type Streams = ReadonlyMap<Node, number>

/** What it costs to wait for another stream, in what one launch costs: a guess. */
const wait = 1

/**
 * Assigns operations to streams that run side by side: in the order in which ONNX Runtime runs them, each goes where it
 * can begin first, after what it reads, and a wait longer after what another stream makes. Of several such, where it
 * finds what it reads last. So branches that no fusion holds together part, and a chain stays on one stream.
 */
export function streamsOf(graph: Graph, count: number, costs: Costs): Streams {
  const operations = new Set<Node>(operationsOf(graph))
  const streams = new Map<Node, number>()
  const ends = new Map<Node, number>()
  const endOf = (node: Node): number => ends.get(node) as number
  const free = new Array<number>(count).fill(0)
  for (const node of depthFirst([...operations])) {
    if (!operations.has(node)) continue
    const read = operandsOf(node)
      .map(source)
      .filter((operand) => operations.has(operand))
    const [last] = read.toSorted((a, b) => endOf(b) - endOf(a))
    const home = (last && streams.get(last)) ?? 0
    const cost = costs.of(node)
    // What is only read otherwise is there as soon as what it is read of.
    const startOn = (stream: number): number =>
      Math.max(
        cost > 0 ? (free[stream] as number) : 0,
        ...read.map((each) => endOf(each) + (streams.get(each) === stream ? 0 : wait)),
      )
    const stream = [...free.keys()].reduce(
      (best, each) => (startOn(each) < startOn(best) ? each : best),
      home,
    )
    streams.set(node, stream)
    ends.set(node, startOn(stream) + cost)
    if (cost > 0) free[stream] = endOf(node)
  }
  return streams
}
