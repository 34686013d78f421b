import { type Graph, operationsOf } from '../../compiler/graph.js'
import {
  dispatch,
  type Node,
  type NodeOf,
  type PerKind,
  type TensorType,
  type Value,
} from '../../compiler/node.js'
import { equalTypes } from '../../compiler/shape.js'

/** What ONNX Runtime starts on a GPU: kernels, calls of cuDNN and cuBLAS, and copies. */
export interface Launches {
  readonly kernels: number
  readonly copies: number
}

/** All that is started in one run, the copies of what goes in and comes out among them. */
export function launchesIn(graph: Graph): Launches {
  const all = operationsOf(graph).map((node) => dispatch(launches, node))
  return {
    kernels: all.reduce((sum, { kernels }) => sum + kernels, 0),
    copies: all.reduce(
      (sum, { copies }) => sum + copies,
      graph.inputs.length + graph.outputs.length,
    ),
  }
}

/** How much is started for one node. */
export function launchesOf(node: Node): number {
  const { kernels, copies } = dispatch(launches, node)
  return kernels + copies
}

const of = (kernels: number, copies = 0): Launches => ({ kernels, copies })
const [none, one] = [of(0), of(1)]

/**
 * What ONNX Runtime 1.30's CUDA provider starts for each kind of node, by what it logs over stub libraries
 * (`npm run launches`). What cuDNN starts in turn is not known there: a call of it counts as one.
 */
const launches: PerKind<Launches> = {
  input: () => none,
  parameter: () => none,
  derived: () => none,
  result: () => none,
  conv: weighted,
  fusedConv: () => one,
  convTranspose: weighted,
  // The runtime folds it into the convolution that it alone reads, which has a bias then.
  batchNorm: ({ inputs: { input } }) => (input.kind === 'conv' && input.inputs.bias ? none : one),
  // Written by what it is made of, as opset 17 has none: erf, and four products and sums.
  activation: ({ attributes }) => (attributes.function.name === 'gelu' ? of(5) : one),
  add: () => one,
  multiply: () => one,
  concat: ({ inputs: { parts } }) => pieces(parts.map(({ type }) => type)),
  split: ({ type }) => pieces(type),
  // First where each place is read, then what is read there.
  resize: () => of(2),
  pool: () => one,
  globalPool: () => one,
  // Two products of matrices where windows are not alike.
  adaptivePool: ({ inputs: { input }, type }) => of(hasWindowsAlike(input.type, type) ? 1 : 2),
  matmul: () => one,
  depthToSpace: () => one,
  layerNorm: () => one,
  // Turned, and zeros put around or cut off where windows do not divide the map.
  windows: (node) => windowed(node.inputs.input, node.attributes.size),
  fromWindows: (node) => windowed(node, node.attributes.size),
  linear: weighted,
  reshape: () => none,
  identity: () => none,
  cast: () => one,
  quantize: () => one,
  dequantize: () => one,
  pad: () => one,
  transpose: () => one,
  // Along any axis but the last between two transpositions.
  softmax: (node) => (isLast(node) ? one : of(3)),
  // Along any axis but the last a reduction into cleared memory, and a cast of its places.
  argMax: (node) => (isLast(node) ? one : of(2, 1)),
  // Of what chooses boxes nothing was logged yet: one for each operator that it is written as, which are fewer than these.
  topK: () => one,
  gather: () => one,
  wholeDivide: () => one,
  anchors: () => of(2),
  decodeBoxes: () => of(20),
  roiAlign: ({ inputs: { levels } }) => of(3 * levels.length + 6),
  nonMaxSuppression: () => of(5),
  foreign: () => one,
}

function weighted({ inputs: { bias } }: NodeOf<'conv' | 'convTranspose' | 'linear'>): Launches {
  return of(bias ? 2 : 1)
}

function windowed({ type }: Value, size: number): Launches {
  return of([2, 3].every((axis) => Number(type.shape[axis]) % size === 0) ? 1 : 2)
}

function hasWindowsAlike({ shape }: TensorType, to: TensorType): boolean {
  return [2, 3].every((axis) => Number(shape[axis]) % Number(to.shape[axis]) === 0)
}

function isLast({ inputs, attributes }: NodeOf<'softmax'> | NodeOf<'argMax'>): boolean {
  return attributes.axis === inputs.input.type.shape.length - 1
}

/** Of pieces that are not alike, four tables of where they lie are copied first. */
function pieces([first, ...rest]: readonly TensorType[]): Launches {
  return rest.every((type) => first && equalTypes(type, first)) ? one : of(1, 4)
}
