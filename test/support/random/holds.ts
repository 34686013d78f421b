import { compile } from '../../../src/compile.js'
import type { Graph } from '../../../src/compiler/graph.js'
import type { Value } from '../../../src/compiler/node.js'
import { print } from '../../../src/compiler/print.js'
import type { Change, Pass } from '../../../src/compiler/rewrite.js'
import { validate } from '../../../src/compiler/validate.js'
import { NetworkError } from '../../../src/errors.js'
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
    let after = graph
    try {
      const rewriting = pass.run(graph)
      after = rewriting.graph
      if (after === graph) continue
      validate(after)
      if (pass.run(after).graph !== after) throw new Error('a second run changes it again')
      const worst = distance(graph, after, rewriting.equals, valuesOf)
      if (!(worst <= most[pass.changes]))
        throw new Error(`it is to change ${pass.changes}, and changes values by ${worst}`)
    } catch (error) {
      const problem = `${pass.name}: ${error instanceof Error ? error.message : error}`
      throw new Error([problem, print(graph), print(after)].join('\n\n'), { cause: error })
    }
  }
}

const most: Readonly<Record<Change, number>> = {
  nothing: 0,
  rounding,
  precision: Number.POSITIVE_INFINITY,
}

/** The same of all passes of each target together; a network that breaks a rule of a target does not go there. */
export function targetsHold(
  { model, size }: RandomNetwork,
  targets: readonly Target[],
  valuesOf: ValuesOf,
): void {
  const known = new Set<string>()
  for (const target of targets)
    for (const lowMemory of [false, true]) {
      const compiled = taken(() => compile(model, { size, target, goal: { lowMemory } }))
      if (!compiled) continue
      const { plain, graph, equals } = compiled
      const text = print(graph)
      if (known.has(text)) continue
      known.add(text)
      const worst = distance(plain, graph, equals, valuesOf)
      if (!(worst <= rounding))
        throw new Error(`${target.name}: changes values by ${worst}\n\n${print(plain)}\n\n${text}`)
    }
}

function taken<T>(compiled: () => T): T | undefined {
  try {
    return compiled()
  } catch (error) {
    if (error instanceof NetworkError && error.rule === 'target') return undefined
    throw error
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
