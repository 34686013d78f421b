import type { ConventionName } from '../analysis/conventions.js'
import { count, countByConventions } from '../count.js'
import { zooModel } from '../models/zoo.js'
import { lineOf, type Named } from './named.js'

/** What figures are made of: whole numbers, unscaled. */
export interface Counted {
  readonly parameters: number
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
  const size = input && { size: { height: input[0], width: input[1] } }
  const { parameters, buffers, activations } = count(model, size)
  const figures = countByConventions(model, size).map(({ name, value }) => [name, value])
  return { parameters, buffers, activations, conventions: Object.fromEntries(figures) }
}
