import { elementBytes } from '../../compiler/cost.js'
import { elementCount } from '../../compiler/dimension.js'
import {
  isConstant,
  isLayer,
  type Node,
  type NodeOf,
  operandsOf,
  type Value,
} from '../../compiler/node.js'
import type { Layout } from './layout.js'
import { usualBytes, usualElements, usualMacs, usualShape } from './usual.js'

/** What a CPU spends time on in ONNX Runtime. */
export type Work =
  /** Convolutions in blocks, by how many blocks of output channels there are: one, two, or more. */
  | 'oneBlock'
  | 'twoBlocks'
  | 'blocks'
  /** Those of fewer input channels than a block, which are read as they lie. */
  | 'fewInputs'
  | 'depthwise'
  /** All others, and linear layers: products of matrices, for which windows are gathered first. */
  | 'matrix'
  | 'gathered'
  | 'weights'
  /** What a convolution adds to what it makes, as it writes it. */
  | 'summed'
  /** From one layout into the other: what is read, and as much that is written. */
  | 'reordered'
  /** What is read and written besides, element by element or in pieces. */
  | 'moved'
  /** What a resize makes, in blocks and not. */
  | 'nearest'
  | 'bilinear'
  | 'plainNearest'
  | 'plainBilinear'
  /** Elements of the windows of a pooling. */
  | 'pooled'
  /** Elements of exponential functions. */
  | 'curved'
  /** Operations that are started. */
  | 'call'

/** In which unit each is counted: a measured table has nanoseconds for one of it. */
export const works: Readonly<Record<Work, 'MAC' | 'byte' | 'element' | 'operation'>> = {
  oneBlock: 'MAC',
  twoBlocks: 'MAC',
  blocks: 'MAC',
  fewInputs: 'MAC',
  depthwise: 'MAC',
  matrix: 'MAC',
  gathered: 'byte',
  weights: 'byte',
  summed: 'byte',
  reordered: 'byte',
  moved: 'byte',
  nearest: 'byte',
  bilinear: 'byte',
  plainNearest: 'byte',
  plainBilinear: 'byte',
  pooled: 'element',
  curved: 'element',
  call: 'operation',
}

/** How much of each. */
export type Amounts = Readonly<Partial<Record<Work, number>>>

/** What is there before, or is the same memory read otherwise. */
const free: ReadonlySet<string> = new Set([
  'input',
  'parameter',
  'derived',
  'result',
  'identity',
  'reshape',
])

/** Whether anything is done for a node when the network runs. */
export function isComputed({ kind }: Node): boolean {
  return !free.has(kind)
}

/** What the runtime does for a node, and to bring what it reads into the layout that it wants. */
export function workOf(node: Node, block: number, layoutOf: (node: Node) => Layout): Amounts {
  if (!isComputed(node)) return {}
  const blocked = layoutOf(node) === 'blocked'
  const reordered = reorderedFor(node, block, blocked, layoutOf)
  const own = isLayer(node) ? weighted(node, block, blocked) : other(node, blocked)
  return reordered === 0 ? own : { ...own, reordered }
}

function weighted(
  node: NodeOf<'conv'> | NodeOf<'convTranspose'> | NodeOf<'linear'>,
  block: number,
  blocked: boolean,
): Amounts {
  const macs = usualMacs(node)
  const [outputs, inputs] = node.inputs.weight.type.shape as readonly [number, number]
  const base = { call: 1, weights: usualBytes(node.inputs.weight) }
  if (node.kind === 'conv' && blocked) {
    if (node.attributes.groups === outputs && inputs === 1) return { ...base, depthwise: macs }
    const rounded = (macs / outputs) * roundUp(outputs, block)
    if (readsFew(node, block)) return { ...base, fewInputs: rounded }
    const work = (['oneBlock', 'twoBlocks'] as const)[Math.ceil(outputs / block) - 1] ?? 'blocks'
    return { ...base, [work]: (rounded / inputs) * roundUp(inputs, block) }
  }
  return { ...base, matrix: macs, ...(node.kind === 'linear' ? {} : { gathered: gathered(node) }) }
}

/** A window of the input for each place of the output, one after another: packed, be it of one place only. */
function gathered(node: NodeOf<'conv'> | NodeOf<'convTranspose'>): number {
  const window = elementCount(node.inputs.weight.type.shape.slice(2) as readonly number[])
  const [outer, inner] =
    node.kind === 'conv' ? [node.type, node.inputs.input] : [node.inputs.input.type, node]
  const channels = inner.type.shape[1] as number
  const places = usualElements(outer) / (outer.shape[1] as number)
  return places * channels * window * elementBytes[node.type.element]
}

function other(
  node: Exclude<Node, { kind: 'conv' | 'convTranspose' | 'linear' }>,
  blocked: boolean,
): Amounts {
  const bytes = usualBytes(node)
  switch (node.kind) {
    case 'activation':
      return activated(node, bytes)
    case 'add':
      // The runtime adds into what a convolution makes, if nothing else reads that: only the other operand is read.
      return isConv(node.inputs.left) || isConv(node.inputs.right)
        ? { summed: bytes }
        : { call: 1, moved: moved(node) }
    case 'resize': {
      const work = node.attributes.mode === 'nearest' ? 'nearest' : 'bilinear'
      return {
        call: 1,
        [blocked ? work : ({ nearest: 'plainNearest', bilinear: 'plainBilinear' } as const)[work]]:
          bytes,
      }
    }
    case 'pool': {
      const [rows, columns] = node.attributes.kernel
      return { call: 1, pooled: usualElements(node.type) * rows * columns }
    }
    case 'globalPool':
      return { call: 1, pooled: usualElements(node.inputs.input.type) }
    case 'adaptivePool':
      return { call: 1, pooled: usualElements(node.inputs.input.type) }
    case 'matmul': {
      const [within = 1] = usualShape(node.inputs.left.type.shape.slice(-1))
      return { call: 1, matrix: usualElements(node.type) * within }
    }
    case 'softmax':
      return { call: 1, curved: usualElements(node.type) }
    default:
      return { call: 1, moved: moved(node) }
  }
}

/** Which functions the runtime applies as a convolution writes what it made. */
const fused: ReadonlySet<string> = new Set([
  'relu',
  'relu6',
  'leakyRelu',
  'sigmoid',
  'tanh',
  'hardSigmoid',
])
const straight: ReadonlySet<string> = new Set(['relu', 'relu6', 'leakyRelu'])

function activated(node: NodeOf<'activation'>, bytes: number): Amounts {
  const { input } = node.inputs
  const { name } = node.attributes.function
  const curved = straight.has(name) ? {} : { curved: usualElements(node.type) }
  const summed = input.kind === 'add' && (isConv(input.inputs.left) || isConv(input.inputs.right))
  if (fused.has(name) && (isConv(input) || summed)) return curved
  return { call: 1, moved: 2 * bytes, ...curved }
}

/** Whether there are fewer channels than a block has; a depthwise convolution reads blocks of them. */
function readsFew({ inputs, attributes }: NodeOf<'conv'>, block: number): boolean {
  return attributes.groups === 1 && (inputs.weight.type.shape[1] as number) < block
}

function isConv({ kind }: Value): boolean {
  return kind === 'conv'
}

/** Bytes that a node reads and writes, constants among them. */
function moved(node: Node): number {
  return operandsOf(node).reduce((sum, operand) => sum + usualBytes(operand), usualBytes(node))
}

/** Bytes of the operands that lie otherwise than a node wants them. */
function reorderedFor(
  node: Node,
  block: number,
  blocked: boolean,
  layoutOf: (node: Node) => Layout,
): number {
  // Few channels are read as they lie.
  const asTheyLie = blocked && node.kind === 'conv' && readsFew(node, block)
  const wanted = blocked && !asTheyLie ? 'blocked' : 'plain'
  return operandsOf(node)
    .filter((operand) => !isConstant(operand) && layoutOf(operand) !== wanted)
    .reduce((sum, operand) => sum + 2 * usualBytes(operand), 0)
}

function roundUp(n: number, to: number): number {
  return Math.ceil(n / to) * to
}
