import { elementCount } from '../compiler/dimension.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import type { Value } from '../compiler/node.js'
import { judgedBy } from './labels.js'
import { manyNumbers } from './limits.js'
import type { Measured } from './measure.js'

/** The network as written in float32, against float64: infinite where it is not finite, and where the reference is not. */
export interface PlainErrors {
  /** The largest at a value and those before it, in the order of the network. */
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
    if (found) largest = Math.max(largest, found.ok ? found.relative : Number.POSITIVE_INFINITY)
    upTo.set(node as Value, largest)
  }
  const numbers = (output: Value): number =>
    trials * elementCount(judgedBy(output).type.shape as readonly number[])
  const on = (value: Value): number => upTo.get(value) ?? 0
  return {
    upTo: on,
    numbers,
    at(output) {
      const judged = judgedBy(output)
      const own = features.get(judged)
      if (numbers(output) < manyNumbers || !own?.ok) return on(judged)
      return own.relative
    },
  }
}
