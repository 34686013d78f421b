import { InternalError, NetworkError } from '../errors.js'
import { type Graph, nodesOf, reachedFrom } from './graph.js'
import { argMax, softmax } from './interpret/along.js'
import { anchors, decodeBoxes, nonMaxSuppression } from './interpret/boxes.js'
import { gather, topK, wholeDivide } from './interpret/choosing.js'
import { conv, convTranspose, fusedConv, linear } from './interpret/convolution.js'
import { derived } from './interpret/derivation.js'
import { activation, batchNorm, broadcast, cast, layerNorm } from './interpret/elementwise.js'
import { concat, depthToSpace, pad, result, transpose } from './interpret/joining.js'
import { matmul } from './interpret/matrices.js'
import { dequantize, quantize } from './interpret/quantizing.js'
import type { Reading } from './interpret/reading.js'
import { sizeOf } from './interpret/reading.js'
import { roiAlign } from './interpret/roi-align.js'
import { adaptivePool, globalPool, pool, resize } from './interpret/sampling.js'
import { fromWindows, windows } from './interpret/windowing.js'
import {
  dispatch,
  type Node,
  type NodeOf,
  operandsOf,
  type PerKind,
  placeOf,
  type TensorType,
  type Value,
} from './node.js'

export type { Reading } from './interpret/reading.js'

/** What each kind of node computes, in float64: the meaning that every pass and every target keeps. */
const functions: PerKind<Float64Array, [Reading]> = {
  input: (node, reading) => sized(reading.input(node), node.type, node.attributes.name),
  parameter: (node, reading) => sized(reading.parameter(node), node.type, node.attributes.name),
  derived,
  conv,
  fusedConv,
  convTranspose,
  batchNorm,
  activation,
  add: (node, reading) => broadcast(node, reading, (a, b) => a + b),
  multiply: (node, reading) => broadcast(node, reading, (a, b) => a * b),
  concat,
  split: ({ inputs }, { of }) => of(inputs.input),
  resize,
  pool,
  globalPool,
  adaptivePool,
  matmul,
  depthToSpace,
  layerNorm,
  windows,
  fromWindows,
  linear,
  reshape: ({ inputs }, { of }) => of(inputs.input),
  identity: ({ inputs }, { of }) => of(inputs.input),
  cast,
  quantize,
  dequantize,
  pad,
  transpose,
  softmax,
  argMax,
  topK,
  gather,
  wholeDivide,
  anchors,
  decodeBoxes,
  roiAlign,
  nonMaxSuppression,
  foreign: ({ attributes, origin }) => {
    throw new NetworkError({
      rule: 'foreign-interpreted',
      problem: `the foreign operator ${attributes.operator} cannot be interpreted`,
      remedy: 'heddle passes foreign operators through; only a runtime knows what they compute.',
      ...placeOf(origin),
    })
  },
  result,
}

/** The values of one node, from those of the nodes that it reads. */
export function interpretNode(node: Node, reading: Reading): Float64Array {
  return dispatch(functions, node, reading)
}

/**
 * Computes every value of a graph of fixed size, in float64: obvious rather than fast.
 * `feeds` are the inputs by name, `constants` the values of a parameter.
 * @throws {NetworkError} at a foreign operator.
 */
export function interpret(
  graph: Graph,
  feeds: ReadonlyMap<string, Float64Array | Float32Array>,
  constants: (parameter: NodeOf<'parameter'>) => Float64Array,
): Map<Value, Float64Array> {
  const values = new Map<Node, Float64Array>()
  const reading: Reading = {
    of: (node) => known(values, node),
    input: ({ attributes: { name } }) => {
      const feed = feeds.get(name)
      if (!feed) throw new InternalError(`input ${name} is not fed`)
      return Float64Array.from(feed)
    },
    parameter: constants,
  }
  for (const node of interpretationOrder(nodesOf(graph)))
    values.set(node, interpretNode(node, reading))
  return values as Map<Value, Float64Array>
}

/** All that must be interpreted for some nodes, themselves included, in order: expressions of derived parameters too. */
export function interpretationOrder(roots: readonly Node[]): readonly Node[] {
  return reachedFrom(roots, readBy)
}

/** The nodes whose values a node's function reads. */
export function readBy(node: Node): readonly Node[] {
  if (node.kind !== 'derived') return operandsOf(node)
  const { derivation } = node.attributes
  return derivation.rule === 'computed' ? [derivation.expression] : operandsOf(node)
}

function known(values: ReadonlyMap<Node, Float64Array>, node: Node): Float64Array {
  const found = values.get(node)
  if (!found) throw new InternalError(`${node.kind} ${node.origin.path} is read before its turn`)
  return found
}

function sized(values: Float64Array, type: TensorType, name: string): Float64Array {
  if (values.length !== sizeOf(type))
    throw new InternalError(`${name} has ${values.length} values for ${sizeOf(type)}`)
  return values
}
