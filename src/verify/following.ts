import type { Output } from '../compiler/graph.js'
import type { Node, Value } from '../compiler/node.js'
import { inFloat64 } from '../runtime/compare.js'
import type { TensorData } from '../runtime/tensor.js'
import type { Choice } from './choices.js'
import { measured, nothing, type Ran } from './measure.js'
import type { Reference } from './reference.js'

/** Choices as one run made them, and what the network means by them. */
interface Followed {
  readonly chosen: ReadonlyMap<Node, Float64Array>
  readonly truth: Reference
}

/** What a network means at one input, by the choices of each run. */
export interface Following {
  /**
   * By the choices of a run, which `finals` says where they became other values; of a run that does not tell them, by
   * those of another run which its outputs are nearest to.
   */
  of(ran: Ran, finals: ReadonlyMap<Value, Value> | undefined): Promise<Reference>
}

/**
 * `interpret` computes what the network means where some values are given. What is not `behind` choices is the same for all
 * of them.
 */
export function following(
  choices: readonly Choice[],
  behind: ReadonlySet<Node>,
  outputs: readonly Output[],
  interpret: (given: ReadonlyMap<Node, Float64Array>) => Promise<Reference>,
): Following {
  const known: Followed[] = []
  return {
    async of(ran, finals) {
      if (choices.length > 0 && !finals) return nearest(known, ran, outputs)
      const chosen = new Map<Node, Float64Array>(
        choices.map((choice) => {
          const name = ran.nameOf(finals?.get(choice) ?? choice)
          return [choice, inFloat64(ran.results[name] as TensorData)]
        }),
      )
      const same = known.find((each) =>
        choices.every((choice) => equal(each.chosen, chosen, choice)),
      )
      if (same) return same.truth
      const given = new Map(chosen)
      for (const [value, { data }] of known[0]?.truth ?? [])
        if (!behind.has(value)) given.set(value, data as Float64Array)
      const truth = await interpret(given)
      known.push({ chosen, truth })
      return truth
    },
  }
}

function equal(
  a: ReadonlyMap<Node, Float64Array>,
  b: ReadonlyMap<Node, Float64Array>,
  choice: Choice,
): boolean {
  const [left, right] = [a.get(choice) as Float64Array, b.get(choice) as Float64Array]
  return left.every((x, i) => x === right[i])
}

function nearest(known: readonly Followed[], ran: Ran, outputs: readonly Output[]): Reference {
  const off = ({ truth }: Followed): number => {
    const { outputs: compared } = measured(nothing, ran, truth, outputs, [])
    return [...compared.values()].reduce(
      (sum, { ok, relative }) => sum + (ok ? relative : Number.POSITIVE_INFINITY),
      0,
    )
  }
  return known.reduce((best, each) => (off(each) < off(best) ? each : best), known[0] as Followed)
    .truth
}
