import { InputError } from '../errors.js'
import type { Model } from './model.js'

/**
 * The same network, of whose outputs only these are wanted, in this order. What computes the others alone is not in it
 * any more, since a graph is what its outputs reach; nor is the answer, where that is in another.
 * @throws {InputError} where none is named, or one twice, or one that there is not.
 */
export function withOutputs(model: Model, names: readonly string[]): Model {
  const known = Object.keys(model.outputs)
  const listed = `The outputs of ${model.name} are ${known.join(', ')}.`
  if (names.length === 0)
    throw new InputError({ problem: `0 outputs of ${model.name} are wanted`, remedy: listed })
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new InputError({
      problem: `${model.name} has no output “${unknown}”`,
      remedy: listed,
    })
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    throw new InputError({ problem: `output “${twice}” is wanted twice`, remedy: 'Name it once.' })
  const { answer, ...silent } = model
  const outputs = Object.fromEntries(names.map((name) => [name, model.outputs[name]]))
  const graph = {
    name: model.graph.name,
    inputs: model.graph.inputs,
    outputs: names.flatMap((name) => model.graph.outputs.filter((each) => each.name === name)),
  }
  const tells = answer && names.includes(answer.output)
  return { ...silent, ...(tells && { answer }), outputs: outputs as Model['outputs'], graph }
}
