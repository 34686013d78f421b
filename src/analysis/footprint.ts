import { elementBytes } from '../compiler/cost.js'
import { elementCount, printShape } from '../compiler/dimension.js'
import { type Graph, operationsOf, parametersOf } from '../compiler/graph.js'
import { isTrained, type Node, operandsOf, type TensorType } from '../compiler/node.js'
import { InputError } from '../errors.js'
import { printBytes } from '../figures.js'

/** Bytes of a tensor; 0 where a side is symbolic. */
export function bytesOf({ element, shape }: TensorType): number {
  return (elementCount(shape) ?? 0) * elementBytes[element]
}

/** How many numbers a network is trained to: weights, biases, scales and shifts, not running statistics. */
export function trainedCount(graph: Graph): number {
  return parametersOf(graph)
    .filter(isTrained)
    .reduce((sum, { type }) => sum + (elementCount(type.shape) ?? 0), 0)
}

/** Bytes of all parameters, running statistics among them. */
export function parameterBytes(graph: Graph): number {
  return parametersOf(graph).reduce((sum, parameter) => sum + bytesOf(parameter.type), 0)
}

/**
 * The most bytes of activations that are alive at once when operations run one by one in order, each
 * value being freed after its last reader: what a runtime needs that writes no result over what it reads.
 */
export function peakActivations(graph: Graph): number {
  const order = [...graph.inputs, ...operationsOf(graph)]
  const last = new Map<Node, number>()
  for (const [i, node] of order.entries()) {
    last.set(node, i)
    for (const operand of operandsOf(node)) last.set(source(operand), i)
  }
  for (const { value } of graph.outputs) last.set(source(value), order.length)
  const freed = new Map<number, number>()
  let [alive, peak] = [0, 0]
  for (const [i, node] of order.entries()) {
    const bytes = [node.type].flat().reduce((sum, type) => sum + bytesOf(type), 0)
    const end = last.get(node) as number
    alive += bytes
    freed.set(end, (freed.get(end) ?? 0) + bytes)
    peak = Math.max(peak, alive)
    alive -= freed.get(i) ?? 0
  }
  return peak
}

function source(node: Node): Node {
  return node.kind === 'result' ? node.inputs.of : node
}

/**
 * Weights are made one tensor at a time, in float64 where they are derived.
 * @throws {InputError} where one of them is too large for that.
 */
export function expectTensorsFit(graph: Graph, memory: number = Number.POSITIVE_INFINITY): void {
  const limit = Math.min(2 ** 31, memory / 4)
  for (const { attributes, type } of parametersOf(graph))
    if (bytesOf(type) > limit)
      throw new InputError({
        problem: `${attributes.name} ${printShape(type.shape)} takes ${printBytes(bytesOf(type))}, of ${printBytes(limit)} that one tensor may take here; ${graph.name} has ${printBytes(parameterBytes(graph))} of weights`,
        remedy: 'Make the network narrower.',
      })
}

/** What is built here may run elsewhere; past this it is taken for a slip of the hand. */
export const largestMachine: number = 1e13

/**
 * What a network needs to run, at the least, against the memory that a machine has.
 * @throws {InputError} where it does not fit.
 */
export function expectRunFits(graph: Graph, memory: number): void {
  const [activations, weights] = [peakActivations(graph), parameterBytes(graph)]
  if (activations + weights <= memory) return
  const input = graph.inputs.map(({ type }) => printShape(type.shape)).join(', ')
  throw new InputError({
    problem: `${graph.name} at ${input} needs ${printBytes(activations + weights)} to run (activations ${printBytes(activations)}, weights ${printBytes(weights)}), of ${printBytes(memory)} that there are`,
    remedy: 'Take a smaller input, or a smaller batch (--input, --batch).',
  })
}
