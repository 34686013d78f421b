import { elementCount } from './dimension.js'
import {
  type Convolution,
  dispatch,
  type Node,
  type PerKind,
  type TensorType,
  type Value,
  type Weighted,
} from './node.js'

/** What one node costs each time the network runs. */
export interface Cost {
  /** Multiply-accumulates of convolutions and linear layers, as the authors count: padding counted, biases not. */
  readonly macs: number
  /** Elements that convolutions and linear layers put out. */
  readonly activations: number
  /** The same in bytes. */
  readonly bytes: number
}

/** A foreign operator's cost. */
export type Unknown = 'unknown'
/** The cost of what has a symbolic side. */
export type Unsized = 'unsized'

/** The cost of a node: whole numbers, inexact past 2^53, where no count is given. */
export function costOf(node: Node): Cost | Unknown | Unsized {
  return dispatch(costs, node)
}

const free: Cost = { macs: 0, activations: 0, bytes: 0 }
const nothing = (): Cost => free

const costs: PerKind<Cost | Unknown | Unsized> = {
  input: nothing,
  parameter: nothing,
  derived: nothing,
  // Each output element gathers one window of the input.
  conv: (node) => weighted(node, node.type, node.inputs.weight),
  fusedConv: (node) => weighted(node, node.type, node.inputs.weight),
  // Each input element is spread over one window of the output.
  convTranspose: (node) => weighted(node, node.inputs.input.type, node.inputs.weight),
  batchNorm: nothing,
  activation: nothing,
  add: nothing,
  multiply: nothing,
  concat: nothing,
  split: nothing,
  resize: nothing,
  pool: nothing,
  globalPool: nothing,
  adaptivePool: nothing,
  // Of no weight: what has none is no layer.
  matmul: nothing,
  depthToSpace: nothing,
  layerNorm: nothing,
  windows: nothing,
  fromWindows: nothing,
  linear: (node) => weighted(node, node.type, node.inputs.weight),
  reshape: nothing,
  identity: nothing,
  cast: nothing,
  quantize: nothing,
  dequantize: nothing,
  pad: nothing,
  transpose: nothing,
  softmax: nothing,
  argMax: nothing,
  topK: nothing,
  gather: nothing,
  wholeDivide: nothing,
  anchors: nothing,
  decodeBoxes: nothing,
  roiAlign: nothing,
  nonMaxSuppression: nothing,
  foreign: () => 'unknown',
  result: nothing,
}

/** As many multiply-accumulates for each element of `windows` as one of its channels has weights. */
function weighted(
  node: Weighted | Convolution,
  windows: TensorType,
  weight: Value,
): Cost | Unsized {
  const activations = elementCount(node.type.shape)
  const count = elementCount(windows.shape)
  if (activations === undefined || count === undefined) return 'unsized'
  const perWindow = elementCount(weight.type.shape.slice(1)) as number
  return {
    macs: count * perWindow,
    activations,
    bytes: activations * elementBytes[node.type.element],
  }
}

/** Bytes of one element. */
export const elementBytes: Readonly<Record<TensorType['element'], number>> = {
  float64: 8,
  int64: 8,
  float32: 4,
  int32: 4,
  float16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
}
