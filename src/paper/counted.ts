import type { Count } from '../analysis/count.js'
import { count } from '../count.js'
import { zooModel } from '../models/zoo.js'
import { optionText } from '../spelling.js'
import type { Named } from './table.js'

const known = new Map<string, Count>()

/** What a network of the zoo has and costs; tables repeat themselves, so each is counted once. */
export function counted(network: Named): Count {
  const line = lineOf(network)
  const found = known.get(line)
  if (found) return found
  const { name, options, input } = network
  const size = input && { height: input[0], width: input[1] }
  const figures = count(zooModel(name, options), { size })
  known.set(line, figures)
  return figures
}

/** A network as `heddle count` takes it: `hrnet-w44-c --unit bottleneck --input 224x224`. */
export function lineOf({ name, options = {}, input }: Named): string {
  const chosen = Object.entries(options).map(([option, value]) => optionText(option, value))
  return [name, ...chosen, ...(input ? [`--input ${input.join('x')}`] : [])].join(' ')
}
