import type { Compilation } from './compile.js'
import type { Costs } from './compiler/costs.js'
import type { Graph } from './compiler/graph.js'
import { unknownBytes } from './compiler/memory.js'
import type { Kind } from './compiler/node.js'
import type { Declined } from './compiler/rewrite.js'
import { peakOf } from './compiler/running.js'
import { totalCost } from './targets/paying.js'

/** One place where a pass fired. */
export interface Fired {
  readonly path: string
  /** What stood there, and what took its place. */
  readonly before: Kind
  readonly after: Kind
}

/** Of a whole network, before something and behind it. */
export interface BeforeAfter {
  readonly before: number
  readonly after: number
}

/** What a pass did, and what that is worth by the target's cost model. */
export interface PassExplanation {
  readonly name: string
  readonly equation: string
  /** Of the whole network before it and behind it. */
  readonly cost: BeforeAfter
  /** The most bytes of activations that are alive at once as the target runs them; absent where a side is open. */
  readonly memory?: BeforeAfter
  readonly fired: readonly Fired[]
  readonly declined: readonly Declined[]
}

/** What became of a network, in the costs of its target. */
export interface Explanation {
  readonly target: string
  readonly costs: Pick<Costs, 'source' | 'unit'>
  /** As written, and as compiled. */
  readonly cost: BeforeAfter
  readonly passes: readonly PassExplanation[]
}

/** Where each pass fired, where it declined and why, and what it gains: those that gain nothing, too. */
export function explain({ target, plain, graph, steps }: Compilation): Explanation {
  const { source, unit } = target.costs
  const costOf = (one: Graph): number => totalCost(one, target.costs)
  const memoryOf = (one: Graph): number | undefined =>
    unknownBytes(one) ? undefined : peakOf(one, target.running)
  let [stood, cost, memory] = [plain, costOf(plain), memoryOf(plain)]
  const passes = steps.map(({ pass: { name, equation }, report, firings, graph: after }) => {
    const before = { cost, memory }
    if (after !== stood) [stood, cost, memory] = [after, costOf(after), memoryOf(after)]
    const fired = firings.map(({ before: one, after: other }) => {
      return { path: one.origin.path, before: one.kind, after: other.kind }
    })
    return {
      name,
      equation,
      cost: { before: before.cost, after: cost },
      ...(before.memory !== undefined &&
        memory !== undefined && { memory: { before: before.memory, after: memory } }),
      fired,
      declined: report.declined,
    }
  })
  return {
    target: target.name,
    costs: { source, unit },
    cost: { before: costOf(plain), after: costOf(graph) },
    passes,
  }
}
