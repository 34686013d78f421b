import { compile } from '../../../src/compile.js'
import type { Graph } from '../../../src/compiler/graph.js'
import { isConstant, type Value } from '../../../src/compiler/node.js'
import { print } from '../../../src/compiler/print.js'
import type { Change, Firing, Pass } from '../../../src/compiler/rewrite.js'
import { validate } from '../../../src/compiler/validate.js'
import { NetworkError } from '../../../src/errors.js'
import type { Range } from '../../../src/passes/eight-bits.js'
import { quantize } from '../../../src/passes/quantize.js'
import { mostMacs, type Proved, proofOf, proved } from '../../../src/proof/firing.js'
import { isRefuted } from '../../../src/proof/proof.js'
import type { Goal, Target } from '../../../src/targets/target.js'
import { apart, type meaning } from '../meaning.js'
import type { RandomNetwork } from './network.js'
import { inOwnWords } from './own-words.js'

/** Of max |Δ| / max |reference|, where a pass changes how numbers are rounded: all is computed in float64. */
export const rounding = 1e-12

type ValuesOf = ReturnType<typeof meaning>

/** What was proved of firings: passes that weigh fire alike by all costs, and on a network as written and as compiled. */
export type Known = Readonly<Record<Change, Map<string, Proved>>>

export function nothingKnown(): Known {
  return { nothing: new Map(), rounding: new Map(), precision: new Map() }
}

/**
 * Holds what is true of every pass by itself: the graph it makes is valid and computes the same, also each value that
 * is said to survive; a second run gives the same graph object back.
 * @throws {Error} that names the first pass of which it is not, with both graphs.
 */
export function passesHold(
  graph: Graph,
  passes: readonly Pass[],
  valuesOf: ValuesOf,
  known: Known,
): void {
  for (const pass of passes) {
    let after = graph
    try {
      const rewriting = pass.run(graph)
      after = rewriting.graph
      if (after === graph) continue
      validate(after)
      if (pass.run(after).graph !== after) throw new Error('a second run changes it again')
      const worst = distance(graph, after, rewriting.equals, valuesOf)
      const { changes } = pass
      if (changes !== 'precision' && !(worst <= most[changes]))
        throw new Error(`it is to change ${pass.changes}, and changes values by ${worst}`)
      expectProved(rewriting.firings, changes, known[changes])
    } catch (error) {
      const problem = `${pass.name}: ${error instanceof Error ? error.message : error}`
      throw new Error([problem, print(graph), print(after)].join('\n\n'), { cause: error })
    }
  }
}

/** @throws {Error} where a firing is refuted: it is another thing than what stood there. */
function expectProved(
  firings: readonly Firing[],
  changes: Change,
  known: Map<string, Proved>,
): void {
  for (const firing of firings) {
    const search = { known, deepest: mostMacs }
    const proof = proofOf(firing, proved(firing, { seed: 1, changes, all: false }, search))
    if (isRefuted(proof)) throw new Error(`its firing at ${proof.path} is refuted: ${proof.note}`)
  }
}

/** What changes precision may overflow; it is held firing by firing. */
const most: Readonly<Record<Exclude<Change, 'precision'>, number>> = { nothing: 0, rounding }

/**
 * The same of all passes of each target together, in each of its precisions; a network that breaks a rule of a target
 * does not go there.
 */
export function targetsHold(
  { model, size }: RandomNetwork,
  targets: readonly Target[],
  valuesOf: ValuesOf,
  known: Known,
): void {
  const met = new Set<string>()
  for (const target of targets)
    for (const goal of goalsOf(target)) {
      const compiled = taken(() => compile(model, { size, target, goal }))
      if (!compiled) continue
      const { plain, graph, equals } = compiled
      const text = print(graph)
      if (met.has(text)) continue
      met.add(text)
      const worst = distance(plain, graph, equals, valuesOf)
      if (goal.precision !== 'float16' && !(worst <= rounding))
        throw new Error(`${target.name}: changes values by ${worst}\n\n${print(plain)}\n\n${text}`)
      // Ranges of 8 bits are learnt of what the passes leave.
      if (goal.precision === 'int8')
        passesHold(graph, [quantize(rangesOf(graph, valuesOf))], valuesOf, known)
    }
}

function goalsOf({ precisions }: Target): readonly Goal[] {
  return [
    ...precisions.map((precision) => ({ precision, lowMemory: false })),
    { precision: 'float32', lowMemory: true },
  ]
}

/** What calibration on the one input would learn: of no constant. */
export function rangesOf(graph: Graph, valuesOf: ValuesOf): ReadonlyMap<Value, Range> {
  const { graph: meant, equals } = inOwnWords(graph)
  const values = valuesOf(meant)
  return new Map(
    [...equals].flatMap(([value, same]) => {
      const numbers = values.get(same)
      if (!numbers || isConstant(value)) return []
      const range = numbers.reduce(
        ({ least, most }, x) => ({ least: Math.min(least, x), most: Math.max(most, x) }),
        { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY },
      )
      return [[value, range] as const]
    }),
  )
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
