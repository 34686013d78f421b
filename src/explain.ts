import type { Compilation } from './compile.js'
import type { Costs } from './compiler/costs.js'
import type { Graph } from './compiler/graph.js'
import type { Kind } from './compiler/node.js'
import type { Declined } from './compiler/rewrite.js'
import { totalCost } from './targets/paying.js'

/** One place where a pass fired. */
export interface Fired {
  readonly path: string
  /** What stood there, and what took its place. */
  readonly before: Kind
  readonly after: Kind
}

/** What a pass did, and what that is worth by the target's cost model. */
export interface PassExplanation {
  readonly name: string
  readonly equation: string
  /** Of the whole network before it and behind it. */
  readonly cost: { readonly before: number; readonly after: number }
  readonly fired: readonly Fired[]
  readonly declined: readonly Declined[]
}

/** What became of a network, in the costs of its target. */
export interface Explanation {
  readonly target: string
  readonly costs: Pick<Costs, 'source' | 'unit'>
  /** As written, and as compiled. */
  readonly cost: { readonly before: number; readonly after: number }
  readonly passes: readonly PassExplanation[]
}

/** Where each pass fired, where it declined and why, and what it gains: those that gain nothing, too. */
export function explain({ target, plain, graph, steps }: Compilation): Explanation {
  const { source, unit } = target.costs
  const costOf = (one: Graph): number => totalCost(one, target.costs)
  let cost = costOf(plain)
  const passes = steps.map(({ pass: { name, equation }, report, firings, graph: after }) => {
    const before = cost
    cost = costOf(after)
    const fired = firings.map(({ before: stood, after: stands }) => {
      return { path: stood.origin.path, before: stood.kind, after: stands.kind }
    })
    return { name, equation, cost: { before, after: cost }, fired, declined: report.declined }
  })
  return {
    target: target.name,
    costs: { source, unit },
    cost: { before: costOf(plain), after: costOf(graph) },
    passes,
  }
}
