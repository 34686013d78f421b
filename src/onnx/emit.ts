import type { Graph } from '../compiler/graph.js'
import { source } from '../compiler/memory.js'
import type { Node, Value } from '../compiler/node.js'
import { InputError } from '../errors.js'
import { field, fieldHead, joined } from './framing.js'
import { graphField, modelGraph, modelHead, modelTail } from './messages.js'
import { nameValues } from './names.js'
import { writeNodes } from './nodes.js'
import {
  dataSizeOf,
  inData,
  inModel,
  type Keep,
  lengthInModel,
  placeTensors,
  type ReadConstant,
  storedIn,
} from './tensors.js'
import { describeValues } from './values.js'

export interface EmitOptions {
  /** ONNX's operator set, 13 to 21 (17). */
  readonly opset?: number
  readonly producerVersion: string
  readonly metadata?: Readonly<Record<string, string>>
  /** Where the weights go, relative to the model's file, if not into it. */
  readonly external?: string
  /** What other files have already, and the model is to read there. */
  readonly keep?: Keep
  /** On which stream of a GPU each operation is to run: names of the file's nodes for each stream, in its metadata. */
  readonly streams?: ReadonlyMap<Node, number> | undefined
  /** Intermediate values that become outputs too. */
  readonly features?: readonly Value[]
}

/** A model whose lengths are all known, and whose bytes are made one piece at a time. */
export interface Emission {
  /** Bytes of the model's file, and of the data beside it. */
  readonly size: number
  readonly dataSize: number
  readonly nodes: number
  /** The tensor that each value is. */
  readonly names: ReadonlyMap<Value, string>
  model(read: ReadConstant): AsyncGenerator<Uint8Array>
  data(read: ReadConstant): AsyncGenerator<Uint8Array>
}

/** Which version of the file format each operator set came with. */
const irVersions: Readonly<Record<number, number>> = {
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
}
const defaultOpset = 17

/**
 * A graph as ONNX. Nothing is written yet: the emission knows every length, and asks for the values of one
 * constant at a time when it comes to it.
 * @throws {InputError} where the opset is none of 13 to 21.
 * @throws {NetworkError} where foreign operators want two versions of one domain.
 */
export function emit(graph: Graph, options: EmitOptions): Emission {
  const { opset = defaultOpset, external, keep, features = [], metadata = {}, streams } = options
  const irVersion = irVersions[opset]
  if (irVersion === undefined)
    throw new InputError({
      problem: `an opset of ${opset}`,
      remedy: 'Take one from 13 to 21; 17 is what most runtimes know.',
    })
  const constants = storedIn(graph)
  const naming = nameValues(graph, constants)
  const { nodes, literals, steps, operators, opsets } = writeNodes(graph, opset, naming)
  const tensors = placeTensors(constants, naming.values, external, keep)
  const structure = joined([
    ...nodes,
    field(graphField.name, new TextEncoder().encode(graph.name)),
    ...literals,
    ...describeValues(graph, naming, steps, features),
  ])
  const weights = tensors.reduce((sum, tensor) => sum + lengthInModel(tensor), 0)
  const before = joined([
    modelHead(irVersion, options.producerVersion),
    fieldHead(modelGraph, structure.length + weights),
    structure,
  ])
  const after = modelTail(opsets, {
    ...metadata,
    ...(streams && { streams: JSON.stringify(namesOn(streams, operators)) }),
  })
  return {
    size: before.length + weights + after.length,
    dataSize: dataSizeOf(tensors),
    nodes: nodes.length,
    names: naming.values,
    async *model(read) {
      yield before
      yield* inModel(tensors, read)
      yield after
    },
    data: (read) => inData(tensors, read),
  }
}

/** Names of operators, stream by stream; what copies an input or a constant goes to the first. */
function namesOn(
  streams: ReadonlyMap<Node, number>,
  operators: ReadonlyMap<string, Node>,
): readonly (readonly string[])[] {
  const names: string[][] = []
  for (const [name, node] of operators) {
    const stream = streams.get(source(node)) ?? 0
    while (names.length <= stream) names.push([])
    names[stream]?.push(name)
  }
  return names
}
