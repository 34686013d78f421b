import { type Graph, nodesOf } from '../compiler/graph.js'
import type { Node, Value } from '../compiler/node.js'
import type { Comparison } from '../runtime/compare.js'
import type { Findings } from './against-float64.js'
import { type FeatureComparison, featureOf } from './features.js'
import { judgedBy } from './labels.js'
import { halfRatio, limitBetween, limitOf, mostError, mostLimit } from './limits.js'
import type { Measured } from './measure.js'
import type { PlainErrors } from './plain-errors.js'
import type { OutputComparison } from './report.js'
import { type Unproved, unprovedOutput, withoutLimit } from './unproved.js'

/** What is measured, against its limits. */
export interface Judge {
  /** Every value and output that was compared behind a pass, in the order of the network. */
  features(measured: Measured, graph: Graph): readonly FeatureComparison[]
  /** The outputs of the compiled network, and of which of them nothing is proved. */
  outputs(
    measured: Measured,
    graph: Graph,
  ): { readonly outputs: readonly OutputComparison[]; readonly unproved: readonly Unproved[] }
}

interface JudgeOptions {
  /** Takes the place of the limit at outputs, and of lesser ones on the way. */
  readonly tolerance: number | undefined
  /** By how much more than float32 that rounds on which the compiled network ran. */
  readonly rounding: number
}

export function judgeOf(
  plain: Graph,
  errors: PlainErrors,
  { plain: asWritten, meant, foreign }: Findings,
  { tolerance, rounding }: JudgeOptions,
): Judge {
  const limit = (error: number, ratio: number): number =>
    (foreign ? limitBetween(error, 1, 1) : limitOf(error)) * ratio
  // Where the network as written is lost in float32 by itself, there is nothing to hold another to.
  const says = (error: number, graph: Graph, ratio = narrowing(graph)): boolean =>
    error <= mostError && (isEightBits(graph) || limit(error, ratio) <= mostLimit)
  const outputs = new Set<Node>(plain.outputs.map(({ value }) => value))
  return {
    features(measured, graph) {
      const at = (value: Value, comparison: Comparison | undefined, error: number) =>
        comparison && says(error, graph)
          ? [
              featureOf(
                value,
                within(comparison, Math.max(limit(error, narrowing(graph)), tolerance ?? 0)),
              ),
            ]
          : []
      return [
        ...nodesOf(plain).flatMap((node) => {
          const value = node as Value
          if (outputs.has(value)) return []
          return at(value, measured.features.get(value), errors.upTo(value))
        }),
        ...plain.outputs.flatMap(({ name, value }) =>
          at(value, measured.outputs.get(name), errors.at(value)),
        ),
      ]
    },
    outputs(measured, graph) {
      const unproved: Unproved[] = []
      const outputs = plain.outputs.map((output) => {
        const { name, value } = output
        const error = errors.at(value)
        const most = tolerance ?? limit(error, rounding)
        const isHeld = says(error, graph, rounding)
        const own = asWritten.features.get(judgedBy(value))
        const comparison = within(measured.outputs.get(name) as Comparison, most)
        const reason =
          unprovedOutput(output, meant, own, comparison) ??
          (tolerance === undefined && !isHeld ? withoutLimit(name, most) : undefined)
        // What parts where there is something to hold it to is different, whatever else there is to say.
        const silent = reason && (comparison.ok || !isHeld) ? reason : undefined
        if (silent) unproved.push(silent)
        return {
          ...comparison,
          plain: own?.relative ?? Number.NaN,
          ok: comparison.ok && !silent,
          proved: !silent,
        }
      })
      return { outputs, unproved }
    },
  }
}

function within(comparison: Comparison, tolerance: number): Comparison {
  return { ...comparison, tolerance, ok: comparison.ok && comparison.relative <= tolerance }
}

/** How much more than float32 a graph rounds: there is no limit to numbers of 8 bits but a stated one. */
export function narrowing(graph: Graph): number {
  const known = ratios.get(graph)
  if (known !== undefined) return known
  const nodes = nodesOf(graph)
  const half = nodes.some(({ type }) => [type].flat().some(({ element }) => element === 'float16'))
  const ratio = nodes.some(({ kind }) => kind === 'quantize')
    ? Number.POSITIVE_INFINITY
    : half
      ? halfRatio
      : 1
  ratios.set(graph, ratio)
  return ratio
}

/** Whether numbers of 8 bits are in a graph, whose limit says nothing. */
export function isEightBits(graph: Graph): boolean {
  return narrowing(graph) === Number.POSITIVE_INFINITY
}

const ratios = new WeakMap<Graph, number>()
