import { type Calls, functionCalls } from '../compiler/calls.js'
import { type Cost, costOf, type Unknown, type Unsized } from '../compiler/cost.js'
import { elementCount } from '../compiler/dimension.js'
import { type Graph, nodesOf, readersOf } from '../compiler/graph.js'
import {
  type ActivationFunction,
  type Convolution,
  dispatch,
  type Node,
  type NodeOf,
  type PerKind,
  type TensorType,
  type Weighted,
} from '../compiler/node.js'
import { expectExact, notSized } from './expect.js'

/** What tools that count operations count, each in its own mixture; in words that follow a number. */
export const quantities = {
  convMacs: 'multiply-accumulates of convolutions',
  transposedMacs: 'multiply-accumulates of transposed convolutions, by the positions of the input',
  transposedAtOutput: 'the same by the positions of the output, which is too many',
  transposedTwice: 'elements out of transposed convolutions, by a kernel of their output channels',
  transposedGrouped: 'multiply-accumulates of transposed convolutions in groups',
  linearMacs: 'multiply-accumulates of linear layers',
  predictorMacs: 'those of a RoI head without its shared linear layers',
  matmulMacs: 'multiply-accumulates of products of matrices, of which neither is a weight',
  matmulFunctions: 'those of them that are torch.matmul',
  convOutputs: 'elements out of convolutions',
  convBiased: 'elements out of convolutions with a bias',
  convFolded: 'elements out of convolutions with a bias once norms are folded',
  transposedOutputs: 'elements out of transposed convolutions',
  transposedBiased: 'elements out of transposed convolutions with a bias',
  linearOutputs: 'elements out of linear layers',
  linearBiased: 'elements out of linear layers with a bias',
  linearParameters: 'weights and biases of linear layers, by the batch',
  norm: 'elements of batch norms',
  normUnfolded: 'elements of batch norms that no convolution leads to',
  layerNorm: 'elements of layer norms',
  layerNormPlaces: 'places that layer norms norm by themselves',
  layerNormParameters: 'scales and shifts of layer norms, by the batch',
  normParameters: 'scales and shifts of batch norms, by the batch',
  relu: 'elements of ReLUs',
  relu6: 'elements of ReLU6s',
  leakyRelu: 'elements of leaky ReLUs',
  sigmoid: 'elements of sigmoids',
  tanh: 'elements of hyperbolic tangents',
  hardSigmoid: 'elements of hard sigmoids',
  hardSwish: 'elements of hard swishes',
  silu: 'elements of SiLUs',
  gelu: 'elements of GELUs',
  softmax: 'elements of softmaxes',
  add: 'elements of sums, one for each that is added',
  multiply: 'elements of products',
  nearest: 'elements out of nearest resizes',
  nearestModules: 'elements out of those nearest resizes that are modules',
  bilinear: 'elements out of bilinear resizes',
  factorInputs: 'elements into resizes by a factor',
  factorOutputs: 'elements out of resizes by a factor',
  sizeAreas: 'height × width of resizes to a size',
  globalInputs: 'elements into global average pools',
  adaptiveInputs: 'elements into those that are adaptive_avg_pool2d',
  adaptiveOutputs: 'elements out of those that are adaptive_avg_pool2d',
  windowedInputs: 'elements into adaptive pools to more than one position',
  unevenInputs: 'elements into those of them whose windows are not all alike',
  globalMaxInputs: 'elements into global max pools',
  poolInputs: 'elements into pools by a window',
  poolWindows: 'elements under the windows of pools',
  boxes: 'operators that choose boxes',
  foreign: 'operators that no tool knows',
} as const

export type Quantity = keyof typeof quantities

/** What a network has of each quantity, the whole batch: whole numbers. */
export interface Measure {
  readonly graph: Graph
  /** Images at once. */
  readonly batch: number
  readonly of: Readonly<Record<Quantity, number>>
  /** What each quantity is of: kinds of nodes, and the names of foreign operators. */
  readonly operators: ReadonlyMap<Quantity, ReadonlySet<string>>
}

/**
 * Measures a network, by the sizes that its inputs have, for every convention at once.
 * @throws {InputError} where a side is not known, or a figure is past 2^53 and would not be exact.
 */
export function quantitiesOf(graph: Graph, calls: Calls = functionCalls): Measure {
  const sums = Object.fromEntries(Object.keys(quantities).map((name) => [name, 0])) as Sums
  const operators = new Map<Quantity, Set<string>>()
  const surroundings = { calls, folded: foldedNorms(graph), unsized: () => notSized(graph) }
  for (const node of nodesOf(graph)) {
    const measured = dispatch(measures, node, surroundings)
    for (const name in measured) {
      const quantity = name as Quantity
      const amount = measured[quantity] as number
      if (amount === 0) continue
      sums[quantity] += amount
      const named = node.kind === 'foreign' ? node.attributes.operator : node.kind
      const of = operators.get(quantity)
      if (of) of.add(named)
      else operators.set(quantity, new Set([named]))
    }
  }
  for (const [name, amount] of Object.entries(sums))
    expectExact(graph, amount, quantities[name as Quantity])
  const [image] = graph.inputs
  const batch = image?.type.shape[0]
  return { graph, batch: typeof batch === 'number' ? batch : 1, of: sums, operators }
}

type Sums = Record<Quantity, number>
type Measured = Partial<Readonly<Sums>>

/** What is to be known of a node beside itself. */
interface Surroundings {
  readonly calls: Calls
  /** Convolutions that alone lead to a batch norm, and these norms: an export makes one of both. */
  readonly folded: ReadonlySet<Node>
  readonly unsized: () => Error
}

function foldedNorms(graph: Graph): ReadonlySet<Node> {
  const readers = readersOf(graph)
  const folded = new Set<Node>()
  for (const node of nodesOf(graph)) {
    if (node.kind !== 'batchNorm' || node.inputs.input.kind !== 'conv') continue
    if (readers.get(node.inputs.input) === 1) folded.add(node).add(node.inputs.input)
  }
  return folded
}

const nothing = (): Measured => ({})

const measures: PerKind<Measured, [Surroundings]> = {
  input: nothing,
  parameter: nothing,
  derived: nothing,
  conv: convolution,
  fusedConv: (node, around) => {
    const elements = count(node.type, around)
    const added = node.inputs.addend ? { add: elements } : {}
    return { ...convolution(node, around), ...added, relu: elements }
  },
  convTranspose: (node, around) => {
    const { macs, activations } = cost(node, around)
    const { input, weight, bias } = node.inputs
    const kernel = count(weight.type, around)
    const atOutput = (kernel * activations) / (node.type.shape[1] as number)
    return {
      transposedMacs: macs,
      transposedAtOutput: atOutput,
      predictorMacs: predicts(node) ? atOutput : 0,
      transposedTwice: (activations * kernel) / (input.type.shape[1] as number),
      transposedGrouped: node.attributes.groups > 1 ? macs : 0,
      transposedOutputs: activations,
      transposedBiased: bias ? activations : 0,
    }
  },
  batchNorm: (node, around) => {
    const elements = count(node.type, around)
    const { scale, shift } = node.inputs
    return {
      norm: elements,
      normUnfolded: around.folded.has(node) ? 0 : elements,
      normParameters: rows(node) * (count(scale.type, around) + count(shift.type, around)),
    }
  },
  activation: (node, around) => ({
    [node.attributes.function.name satisfies ActivationFunction['name']]: count(node.type, around),
  }),
  add: (node, around) => ({ add: count(node.type, around) }),
  multiply: (node, around) => ({ multiply: count(node.type, around) }),
  concat: nothing,
  split: nothing,
  resize: (node, around) => {
    const { mode } = node.attributes
    const [elements, from] = [count(node.type, around), count(node.inputs.input.type, around)]
    const [, , height, width] = node.type.shape as readonly number[]
    const byFactor = isByFactor(node, around.calls)
    const module = mode === 'nearest' && byFactor && around.calls.nearest === 'module'
    return {
      [mode]: elements,
      nearestModules: module ? elements : 0,
      factorInputs: byFactor ? from : 0,
      factorOutputs: byFactor ? elements : 0,
      sizeAreas: byFactor ? 0 : (height as number) * (width as number),
    }
  },
  pool: (node, around) => {
    const [height, width] = node.attributes.kernel
    const seen = around.calls.pool === 'function'
    return {
      poolInputs: seen ? count(node.inputs.input.type, around) : 0,
      poolWindows: count(node.type, around) * height * width,
    }
  },
  globalPool: (node, around) => {
    const [from, to] = [count(node.inputs.input.type, around), count(node.type, around)]
    if (node.attributes.operator === 'max') return { globalMaxInputs: from }
    const adaptive = around.calls.globalPool === 'adaptive'
    return {
      globalInputs: from,
      adaptiveInputs: adaptive ? from : 0,
      adaptiveOutputs: adaptive ? to : 0,
    }
  },
  adaptivePool: (node, around) => {
    const [from, to] = [count(node.inputs.input.type, around), count(node.type, around)]
    const [height, width] = node.type.shape.slice(-2) as readonly number[]
    if (height === 1 && width === 1)
      return { globalInputs: from, adaptiveInputs: from, adaptiveOutputs: to }
    return { windowedInputs: from, unevenInputs: isEven(node) ? 0 : from }
  },
  matmul: (node, around) => {
    const [within = 1] = node.inputs.left.type.shape.slice(-1)
    const macs = count(node.type, around) * Number(within)
    const { matmul } = around.calls
    return { matmulMacs: macs, matmulFunctions: matmul === 'matmul' ? macs : 0 }
  },
  depthToSpace: nothing,
  layerNorm: (node, around) => {
    const [elements, channels] = [count(node.type, around), count(node.inputs.scale.type, around)]
    return {
      layerNorm: elements,
      layerNormPlaces: elements / channels,
      layerNormParameters: rows(node) * 2 * channels,
    }
  },
  windows: nothing,
  fromWindows: nothing,
  linear: (node, around) => {
    const { macs, activations } = cost(node, around)
    const { weight, bias } = node.inputs
    const parameters = count(weight.type, around) + (bias ? count(bias.type, around) : 0)
    return {
      linearMacs: macs,
      predictorMacs: predicts(node) ? macs : 0,
      linearOutputs: activations,
      linearBiased: bias ? activations : 0,
      linearParameters: rows(node) * parameters,
    }
  },
  reshape: nothing,
  identity: nothing,
  cast: nothing,
  quantize: () => ({ foreign: 1 }),
  dequantize: () => ({ foreign: 1 }),
  pad: nothing,
  transpose: nothing,
  softmax: (node, around) => ({ softmax: count(node.type, around) }),
  argMax: nothing,
  topK: () => ({ boxes: 1 }),
  gather: () => ({ boxes: 1 }),
  wholeDivide: () => ({ boxes: 1 }),
  anchors: () => ({ boxes: 1 }),
  decodeBoxes: () => ({ boxes: 1 }),
  roiAlign: () => ({ boxes: 1 }),
  nonMaxSuppression: () => ({ boxes: 1 }),
  foreign: () => ({ foreign: 1 }),
  result: nothing,
}

function convolution(node: Convolution, around: Surroundings): Measured {
  const { macs, activations } = cost(node, around)
  const biased = node.inputs.bias !== undefined
  return {
    convMacs: macs,
    predictorMacs: predicts(node) ? macs : 0,
    convOutputs: activations,
    convBiased: biased ? activations : 0,
    convFolded: biased || around.folded.has(node) ? activations : 0,
  }
}

/** By the factor where the network is written so, unless its code is known to say it otherwise. */
function isByFactor({ inputs, attributes }: NodeOf<'resize'>, { bilinear }: Calls): boolean {
  if (attributes.mode === 'bilinear' && bilinear !== 'written') return bilinear === 'factor'
  return inputs.like === undefined
}

/** Whether the windows of an adaptive pool are all alike: its sides divide those of its input. */
function isEven({ inputs, type }: NodeOf<'adaptivePool'>): boolean {
  const from = inputs.input.type.shape.slice(-2) as readonly number[]
  return type.shape.slice(-2).every((side, axis) => (from[axis] as number) % (side as number) === 0)
}

/** Whether a layer is of a RoI head, and not one of the layers that its predictors share. */
function predicts({ origin: { path } }: Node): boolean {
  return /(?:^|\.)(?:bbox|mask)_head\./.test(path) && !/(?:^|\.)shared_fcs\./.test(path)
}

function cost(node: Weighted | Convolution, around: Surroundings): Cost {
  const cost: Cost | Unknown | Unsized = costOf(node)
  if (typeof cost === 'string') throw around.unsized()
  return cost
}

function count(type: TensorType, around: Surroundings): number {
  const elements = elementCount(type.shape)
  if (elements === undefined) throw around.unsized()
  return elements
}

/** The batch, as a layer sees it: what its output's outermost axis has. */
function rows({ type }: NodeOf<'linear' | 'batchNorm' | 'layerNorm'>): number {
  return type.shape[0] as number
}
