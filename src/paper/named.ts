import type { ZooOptions } from '../models/family.js'
import { optionText } from '../spelling.js'

/** A network of the zoo, by what `heddle count` takes. */
export interface Named {
  readonly name: string
  readonly options?: ZooOptions
  readonly input?: readonly [number, number]
}

/** A network of the zoo, at the input of the table. */
export function zoo(name: string, options: ZooOptions = {}): Named {
  return { name, options }
}

/** The same network at another input, [height, width]. */
export function at(input: readonly [number, number], network: Named): Named {
  return { ...network, input }
}

/** A network as `heddle count` takes it: `hrnet-w44-c --unit bottleneck --input 224x224`. */
export function lineOf({ name, options = {}, input }: Named): string {
  const chosen = Object.entries(options).map(([option, value]) => optionText(option, value))
  return [name, ...chosen, ...(input ? [`--input ${input.join('x')}`] : [])].join(' ')
}
