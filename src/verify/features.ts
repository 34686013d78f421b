import type { OpenGraph } from '../build/open-graph.js'
import type { Compilation } from '../compile.js'
import { nodesOf } from '../compiler/graph.js'
import { isConstant, isValue, type Node, placeOf, type Value } from '../compiler/node.js'
import type { Location } from '../errors.js'
import type { Comparison } from '../runtime/compare.js'
import type { TensorData, Tensors } from '../runtime/tensor.js'
import { compareValue, scoresOf } from './labels.js'

/** A value of the network as written, compared: `path` is its scope in the network. */
export interface FeatureComparison extends Comparison {
  readonly path: string
  readonly kind: Value['kind']
  /** The user's line. */
  readonly location: Location | undefined
}

export interface FeatureReport {
  /** Where the two part ways: the first of `compared` that is not ok. */
  readonly first: FeatureComparison | undefined
  /** Every value that survives the passes, in the order in which the network computes them. */
  readonly compared: readonly FeatureComparison[]
  /** How many values no value of the compiled network equals: passes took what made them. */
  readonly gone: number
}

/** A value between input and outputs as written, and the one that it became. */
export interface Survivor {
  readonly plain: Value
  readonly final: Value
}

/** What became of the values of a network, in the order in which it computes them. */
export function survivorsOf({
  plain,
  graph,
  equals,
}: Pick<Compilation, 'plain' | 'graph' | 'equals'>): {
  readonly survivors: readonly Survivor[]
  readonly gone: number
} {
  const alive = new Set<Node>(nodesOf(graph))
  const survivors: Survivor[] = []
  let gone = 0
  for (const value of nodesOf(plain)) {
    if (!isValue(value) || isConstant(value) || value.kind === 'input') continue
    const final = equals.get(value)
    // What became the input or a constant is no feature any more.
    if (final && alive.has(final) && !isConstant(final) && final.kind !== 'input')
      survivors.push({ plain: value, final })
    else gone++
  }
  return { survivors, gone }
}

/** A comparison of a value on the way, and where it is. */
export function featureOf(value: Value, comparison: Comparison): FeatureComparison {
  return {
    ...comparison,
    path: value.origin.path,
    kind: value.kind,
    location: placeOf(value.origin).location,
  }
}
