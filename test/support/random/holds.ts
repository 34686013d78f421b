import { compile } from '../../../src/compile.js'
import type { Graph } from '../../../src/compiler/graph.js'
import type { Value } from '../../../src/compiler/node.js'
import { print } from '../../../src/compiler/print.js'
import type { Pass } from '../../../src/compiler/rewrite.js'
import { validate } from '../../../src/compiler/validate.js'
import type { Target } from '../../../src/targets/target.js'
import { apart, type meaning } from '../meaning.js'
import type { RandomNetwork } from './network.js'
import { inOwnWords } from './own-words.js'

/** Of max |Δ| / max |reference|, where a pass changes how numbers are rounded: all is computed in float64. */
export const rounding = 1e-12

type ValuesOf = ReturnType<typeof meaning>

/**
 * Holds what is true of every pass by itself: the graph it makes is valid and computes the same, also each value that
 * is said to survive; a second run gives the same graph object back.
 * @throws {Error} that names the first pass of which it is not, with both graphs.
 */
export function passesHold(graph: Graph, passes: readonly Pass[], valuesOf: ValuesOf): void {
  for (const pass of passes) {
    const { graph: after, equals } = pass.run(graph)
    if (after === graph) continue
    const fault = (what: string): never => {
      throw new Error(`${pass.name}: ${what}\n\n${print(graph)}\n\n${print(after)}`)
    }
    try {
      validate(after)
    } catch (error) {
      fault(String(error))
    }
    if (pass.run(after).graph !== after) fault('a second run changes it again')
    const worst = distance(graph, after, equals, valuesOf)
    const most = { nothing: 0, rounding, precision: Number.POSITIVE_INFINITY }[pass.changes]
    if (!(worst <= most)) fault(`it is to change ${pass.changes}, and changes values by ${worst}`)
  }
}

/** The same of all passes of each target together. */
export function targetsHold(
  { model, size }: RandomNetwork,
  targets: readonly Target[],
  valuesOf: ValuesOf,
): void {
  for (const target of targets)
    for (const lowMemory of [false, true]) {
      const { plain, graph, equals } = compile(model, { size, target, goal: { lowMemory } })
      const worst = distance(plain, graph, equals, valuesOf)
      if (!(worst <= rounding))
        throw new Error(`${target.name}: values by ${worst}\n\n${print(plain)}\n\n${print(graph)}`)
    }
}

/** The largest relative difference of what two graphs compute, foreign operators included. */
export function distance(
  before: Graph,
  after: Graph,
  equals: ReadonlyMap<Value, Value>,
  valuesOf: ValuesOf,
): number {
  const [old, now] = [inOwnWords(before), inOwnWords(after)]
  const pairs = [...equals].flatMap(([a, b]): (readonly [Value, Value])[] => {
    const [first, second] = [old.equals.get(a), now.equals.get(b)]
    return first && second ? [[first, second]] : []
  })
  return apart([old.graph, valuesOf(old.graph)], [now.graph, valuesOf(now.graph)], new Map(pairs))
}
