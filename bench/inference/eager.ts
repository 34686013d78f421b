import type { Costs } from '../../src/compiler/costs.js'
import { type Graph, nodesOf } from '../../src/compiler/graph.js'
import type { Node } from '../../src/compiler/node.js'
import type { Pass } from '../../src/compiler/rewrite.js'

/**
 * A pass that weighs costs, run wherever it is exact: what a network has costs one a node, and what the pass would
 * put in its place nothing. So what is measured is the pass, not what the table of costs says of it.
 */
export function eager(factory: (costs: Costs) => Pass): Pass {
  const over = (stood: ReadonlySet<Node>): Pass =>
    factory({
      source: 'whatever changes the network is taken to pay',
      unit: 'MACs',
      of: (node) => (stood.has(node) ? 1 : 0),
    })
  return {
    ...over(new Set()),
    run: (graph: Graph) => over(new Set(nodesOf(graph))).run(graph),
  }
}
