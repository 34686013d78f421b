import { printShape } from '../compiler/dimension.js'
import type { Graph } from '../compiler/graph.js'
import { isConstant, type TensorType, type Value } from '../compiler/node.js'
import { field } from './framing.js'
import { graphField, valueMessage } from './messages.js'
import type { Naming } from './names.js'

/**
 * Fields of the graph that say what its tensors are: inputs and outputs with a line for people, `features`
 * as further outputs, and all between: also results that nobody reads, and the steps of one node.
 */
export function describeValues(
  graph: Graph,
  naming: Naming,
  steps: ReadonlyMap<string, TensorType>,
  features: readonly Value[],
): readonly Uint8Array[] {
  const fields: Uint8Array[] = []
  const put = (number: number, name: string, type: TensorType, doc?: string): void => {
    fields.push(field(number, valueMessage(name, type, doc)))
  }
  for (const { attributes, type } of graph.inputs)
    put(graphField.input, attributes.name, type, `the input, ${printShape(type.shape)}`)
  for (const { name, value } of graph.outputs) {
    const { type, origin } = value
    const source = value.kind === 'parameter' ? value.attributes.name : origin.path
    const doc = `${name}, ${printShape(type.shape)}, from ${source}`
    put(graphField.output, name, type, doc)
  }
  const shown = new Set(graph.outputs.map(({ name }) => name))
  for (const value of features) {
    const name = naming.values.get(value)
    if (name === undefined || shown.has(name)) continue
    shown.add(name)
    put(graphField.output, name, value.type)
  }
  const between = (name: string, type: TensorType): void => {
    if (!shown.has(name)) put(graphField.valueInfo, name, type)
    shown.add(name)
  }
  for (const [value, name] of naming.values)
    if (!isConstant(value) && value.kind !== 'input') between(name, value.type)
  for (const [node, names] of naming.results)
    for (const [i, name] of names.entries()) between(name, node.type[i] as TensorType)
  for (const [name, type] of steps) between(name, type)
  return fields
}
