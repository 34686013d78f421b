import { costOf } from '../../src/compiler/cost.js'
import { type Graph, nodesOf } from '../../src/compiler/graph.js'
import { bytesOf } from '../../src/compiler/memory.js'
import { operandsOf } from '../../src/compiler/node.js'
import type { Precision } from './plan.js'

/** What one convolution computes, and moves at the least: what it reads and writes, each once. */
export interface Work {
  /** A multiply-accumulate is two. */
  readonly operations: number
  /** In float32. */
  readonly bytes: number
}

/** What a device can do in a second. */
export interface Peaks {
  readonly operations: Readonly<Record<Precision, number>>
  readonly bytes: number
}

/** The work of each convolution and linear layer of a network for one size; batch norms, sums and resizes are none. */
export function convolutions(graph: Graph): readonly Work[] {
  return nodesOf(graph)
    .filter(({ kind }) => kind === 'conv' || kind === 'linear')
    .map((node) => {
      const cost = costOf(node)
      if (typeof cost === 'string')
        throw new Error(`${node.kind} ${node.origin.path} has no count: its cost is ${cost}`)
      const read = operandsOf(node).map(({ type }) => bytesOf(type as never))
      return { operations: 2 * cost.macs, bytes: read.reduce((a, b) => a + b, cost.bytes) }
    })
}

export function sumOf(works: readonly Work[]): Work {
  return works.reduce(
    (sum, { operations, bytes }) => ({
      operations: sum.operations + operations,
      bytes: sum.bytes + bytes,
    }),
    { operations: 0, bytes: 0 },
  )
}

/**
 * Milliseconds below which convolutions cannot come that run one after another, each with its operands in the
 * device's memory: each is held up by operations or by bytes.
 */
export function roofline(works: readonly Work[], peaks: Peaks, precision: Precision): number {
  const width = precision === 'float16' ? 0.5 : 1
  return works.reduce((ms, { operations, bytes }) => {
    const seconds = Math.max(
      operations / peaks.operations[precision],
      (width * bytes) / peaks.bytes,
    )
    return ms + seconds * 1000
  }, 0)
}
