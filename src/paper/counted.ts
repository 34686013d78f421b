import type { ConventionName } from '../analysis/conventions.js'
import { countGraph } from '../analysis/count.js'
import { conventionNames, countUnder } from '../analysis/count-under.js'
import { quantitiesOf } from '../analysis/quantities.js'
import { sizeFor } from '../compile.js'
import { functionCalls } from '../compiler/calls.js'
import { specialise } from '../compiler/specialise.js'
import { zooModel } from '../models/zoo.js'
import { lineOf, type Named } from './named.js'

/** What figures are made of: whole numbers, unscaled. */
export interface Counted {
  readonly parameters: number
  /** Of those, scales and shifts of batch norms. */
  readonly normParameters: number
  readonly buffers: number
  readonly activations: number
  readonly conventions: Readonly<Record<ConventionName, number>>
}

const known = new Map<string, Counted>()

/** What a network of the zoo has and costs; tables repeat themselves, so each is counted once. */
export function counted(network: Named): Counted {
  const line = lineOf(network)
  const found = known.get(line) ?? countedAnew(network)
  known.set(line, found)
  return found
}

function countedAnew({ name, options, input }: Named): Counted {
  const model = zooModel(name, options)
  const graph = specialise(
    model.graph,
    sizeFor(model, input && { height: input[0], width: input[1] }),
  )
  const { parameters, buffers, activations } = countGraph(graph)
  const measure = quantitiesOf(graph, { ...functionCalls, ...model.calls })
  const { normParameters } = measure.of
  const figures = conventionNames.map((each) => [each, countUnder(measure, each).value])
  return {
    parameters,
    normParameters,
    buffers,
    activations,
    conventions: Object.fromEntries(figures),
  }
}
