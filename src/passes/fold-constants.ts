import type { Graph } from '../compiler/graph.js'
import { computed } from '../compiler/make.js'
import { isConstant, isValue, type Node, operandsOf, type Value } from '../compiler/node.js'
import { type Pass, type Rewriting, rewrite } from '../compiler/rewrite.js'

/**
 * What is known before the network runs is computed before it runs:
 *
 *     f(constants)  =  a derived parameter, computed as f
 *
 * Its value is found in float64 when the file is written. What is foreign stays: nothing is known of it. So does
 * what gives another element type than float32: passes that narrow make such constants themselves.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  equation: 'f(constants) = a constant, computed as f',
  changes: 'rounding',
  run,
}

function run(graph: Graph): Rewriting {
  return rewrite(graph, (node) => {
    if (!computes(node)) return undefined
    // A split has no value of its own: each of its results becomes a constant.
    const { of } = node.kind === 'result' ? node.inputs : { of: node }
    if (of.kind === 'foreign' || !operandsOf(of).every(isConstant)) return undefined
    return computed(node, node.origin)
  })
}

function computes(node: Node): node is Value {
  return (
    isValue(node) && node.kind !== 'input' && !isConstant(node) && node.type.element === 'float32'
  )
}
