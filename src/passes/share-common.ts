import type { Graph } from '../compiler/graph.js'
import { interner } from '../compiler/intern.js'
import { type Pass, type Rewriting, rewrite } from '../compiler/rewrite.js'

/**
 * What is computed twice is computed once:
 *
 *     f(x), f(x)  =  one f(x), read twice
 *
 * where kind, attributes and operands are the same. The first one met stays, with its origin. Foreign
 * operators are never shared: two that look alike may draw different random numbers.
 */
export const shareCommon: Pass = {
  name: 'share-common',
  equation: 'f(x), f(x) = one f(x), read twice',
  changes: 'nothing',
  run,
}

function run(graph: Graph): Rewriting {
  return rewrite(graph, interner())
}
