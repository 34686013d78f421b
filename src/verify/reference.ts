import { type Graph, nodesOf, parametersOf } from '../compiler/graph.js'
import { type Given, interpretInTurn } from '../compiler/interpret/in-turn.js'
import type { Node, Value } from '../compiler/node.js'
import type { TensorData, Tensors } from '../runtime/tensor.js'
import type { Weights } from '../weights/source.js'

/** What a network means at some of its values. */
export type Reference = ReadonlyMap<Value, TensorData>

/** Values of parameters, read once for all inputs. */
export async function constantsOf(
  graph: Graph,
  weights: Weights,
): Promise<ReadonlyMap<Node, Float32Array>> {
  const constants = new Map<Node, Float32Array>()
  for (const parameter of parametersOf(graph))
    constants.set(parameter, await weights.read(parameter))
  return constants
}

/** The results of foreign operators, which no interpreter knows. */
export function foreignResults(graph: Graph): readonly Value[] {
  return nodesOf(graph).filter(
    (node): node is Value => node.kind === 'result' && node.inputs.of.kind === 'foreign',
  )
}

/**
 * Values of a network in float64, of weights that are the float32 numbers they are. What is `found`, as results of foreign
 * operators are, is taken as a runtime has found it. Gives way to other work now and then.
 */
export async function interpreted(
  wanted: readonly Value[],
  feeds: Tensors,
  constants: ReadonlyMap<Node, Float32Array>,
  found: ReadonlyMap<Node, Float64Array>,
  signal: AbortSignal | undefined,
): Promise<Reference> {
  let since = performance.now()
  const given: Given = async (node) => {
    if (performance.now() - since > turn) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      since = performance.now()
    }
    signal?.throwIfAborted()
    if (node.kind === 'parameter') return new Float64Array(constants.get(node) as Float32Array)
    if (node.kind === 'input')
      return Float64Array.from(feeds[node.attributes.name]?.data as Float32Array)
    return node.kind === 'foreign' ? new Float64Array() : found.get(node)
  }
  const values = await interpretInTurn(wanted, given, (node) => found.has(node))
  return new Map(
    wanted.map((value) => {
      const data = values.get(value) as Float64Array
      return [value, { data, dims: value.type.shape as readonly number[], type: 'float64' }]
    }),
  )
}

/** Milliseconds of interpretation before others have their turn. */
const turn = 50
