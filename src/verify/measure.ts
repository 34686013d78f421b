import type { Output } from '../compiler/graph.js'
import type { Value } from '../compiler/node.js'
import type { Comparison } from '../runtime/compare.js'
import type { TensorData, Tensors } from '../runtime/tensor.js'
import type { Survivor } from './features.js'
import { compareValue } from './labels.js'
import type { Reference } from './reference.js'

/** How far a graph was from a reference: at each output by its name, at each value of the network as written. */
export interface Measured {
  readonly outputs: ReadonlyMap<string, Comparison>
  readonly features: ReadonlyMap<Value, Comparison>
}

export const nothing: Measured = { outputs: new Map(), features: new Map() }

/** The results of one run of a graph, and what each value is called in them. */
export interface Ran {
  readonly results: Tensors
  nameOf(value: Value): string
}

/** What one run of a graph adds to what was measured of it: the worst of each stays. Nothing is judged yet. */
export function measured(
  before: Measured,
  { results, nameOf }: Ran,
  reference: Reference,
  outputs: readonly Output[],
  survivors: readonly Survivor[],
): Measured {
  const worst = (known: Comparison | undefined, value: Value, name: string, at: string) => {
    const candidate = results[at] as TensorData
    const now = compareValue(value, name, reference, candidate, Number.POSITIVE_INFINITY)
    // What is no number is the worst there is.
    return known && !(now.relative > known.relative) && now.ok ? known : now
  }
  const byName = outputs.map(
    ({ name, value }) => [name, worst(before.outputs.get(name), value, name, name)] as const,
  )
  const byValue = survivors.map(({ plain, final }) => {
    const known = before.features.get(plain)
    return [plain, worst(known, plain, plain.origin.path, nameOf(final))] as const
  })
  return {
    outputs: new Map([...before.outputs, ...byName]),
    features: new Map([...before.features, ...byValue]),
  }
}
