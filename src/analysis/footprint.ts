import { elementCount, printShape } from '../compiler/dimension.js'
import { type Graph, parametersOf } from '../compiler/graph.js'
import { bytesOf, peakActivations } from '../compiler/memory.js'
import { isTrained } from '../compiler/node.js'
import { InputError } from '../errors.js'
import { printBytes } from '../figures.js'

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
