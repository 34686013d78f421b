import { elementCount } from '../compiler/dimension.js'
import { type Graph, ledToBy, nodesOf } from '../compiler/graph.js'
import type { Node, Value } from '../compiler/node.js'
import type { Comparison } from '../runtime/compare.js'
import { judgedBy } from './labels.js'
import { behindFewBoxes, manyNumbers, mostError } from './limits.js'
import type { Measured } from './measure.js'

/** The network as written in float32, against float64: infinite where it is not finite, and where the reference is not. */
export interface PlainErrors {
  /**
   * The largest at a value and those before it, in the order of the network, of those that say something
   * (`mostError`); where its own does not, its own.
   */
  upTo(value: Value): number
  /** At an output; up to it where it has few numbers. */
  at(output: Value): number
  /** How many numbers were compared at an output. */
  numbers(output: Value): number
}

export function plainErrors(graph: Graph, { features }: Measured, trials: number): PlainErrors {
  const upTo = new Map<Value, number>()
  let largest = 0
  for (const node of nodesOf(graph)) {
    const found = features.get(node as Value)
    const own = found ? errorOf(found) : 0
    if (own <= mostError) largest = Math.max(largest, own)
    upTo.set(node as Value, own <= mostError ? largest : own)
  }
  const numbers = (output: Value): number =>
    trials * elementCount(judgedBy(output).type.shape as readonly number[])
  const few = cutByFewBoxes(graph)
  const times = (value: Value): number => (few.has(value) ? behindFewBoxes : 1)
  const on = (value: Value): number => (upTo.get(value) ?? 0) * times(value)
  return {
    upTo: on,
    numbers,
    at(output) {
      const judged = judgedBy(output)
      const own = features.get(judged)
      return own && numbers(output) >= manyNumbers ? errorOf(own) * times(judged) : on(judged)
    },
  }
}

/** What lies behind regions of few boxes, all of which is off by what these are off by. */
function cutByFewBoxes(graph: Graph): ReadonlySet<Node> {
  return ledToBy(
    graph,
    (node) => node.kind === 'roiAlign' && (node.type.shape[0] as number) < manyNumbers,
  )
}

function errorOf({ ok, relative }: Comparison): number {
  return ok ? relative : Number.POSITIVE_INFINITY
}
