import type { Costs } from '../compiler/costs.js'
import { type Graph, operationsOf } from '../compiler/graph.js'
import { type Firing, type Pass, unchanged } from '../compiler/rewrite.js'
import { printCost } from '../figures.js'

/** What a whole network costs. */
export function totalCost(graph: Graph, costs: Costs): number {
  return operationsOf(graph).reduce((sum, node) => sum + costs.of(node), 0)
}

/**
 * A pass whose work is undone where the whole network costs more then. By itself it weighs what it takes against what
 * it puts there; but who reads that may have to reorder it, or may not be fused with it any more.
 */
export function paying(pass: Pass, costs: Costs): Pass {
  return {
    ...pass,
    run(graph) {
      const rewriting = pass.run(graph)
      if (rewriting.graph === graph) return rewriting
      const [before, after] = [totalCost(graph, costs), totalCost(rewriting.graph, costs)]
      if (after <= before) return rewriting
      const print = (cost: number): string => printCost(cost, costs.unit)
      const place = (rewriting.firings[0] as Firing).before.origin.path
      const reason = `fired ${rewriting.firings.length} times, the whole network would cost ${print(after)} in place of ${print(before)}`
      return unchanged(graph, [...rewriting.declined, { path: place, reason }])
    },
  }
}
