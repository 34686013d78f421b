import { printShape } from '../compiler/dimension.js'
import type { Graph } from '../compiler/graph.js'
import { InputError } from '../errors.js'

/** That a network cannot be counted, since a side is not known. */
export function notSized(graph: Graph): InputError {
  const inputs = graph.inputs.map(({ type }) => printShape(type.shape)).join(', ')
  return new InputError({
    problem: `${graph.name} has no fixed size: its input is ${inputs}`,
    remedy: 'Give the size to count at, as height x width: --input 512x1024.',
  })
}

const largest = Number.MAX_SAFE_INTEGER

/** @throws {InputError} where a figure is past 2^53, and so not exact. */
export function expectExact({ name }: Graph, figure: number, words: string): void {
  if (figure > largest)
    throw new InputError({
      problem: `${name} has about ${figure.toPrecision(3)} ${words}, past 2^53 = ${largest + 1}, where no count is exact`,
      remedy: 'Make it narrower, or its input smaller.',
    })
}
