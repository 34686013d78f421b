import { elementCount } from '../../src/compiler/dimension.js'
import { type Graph, nodesOf } from '../../src/compiler/graph.js'
import { interpretationOrder, interpretNode, type Reading } from '../../src/compiler/interpret.js'
import type { Node, NodeOf, TensorType, Value } from '../../src/compiler/node.js'
import { between, drawn } from '../../src/weights/seeded/draw.js'
import { relative } from './relative.js'

/** The values of all nodes in float64. */
export type Values = ReadonlyMap<Node, Float64Array>

/**
 * What graphs of one network compute of numbers that are made from the names of inputs and parameters. A node that
 * several graphs have is computed once.
 */
export function meaning(): (graph: Graph) => Values {
  const values = new Map<Node, Float64Array>()
  const reading: Reading = {
    of: (node) => values.get(node) as Float64Array,
    input: ({ attributes: { name }, type }) => inputNumbers(name, type),
    parameter: parameterNumbers,
  }
  return (graph) => {
    for (const node of interpretationOrder(nodesOf(graph)))
      if (!values.has(node)) values.set(node, interpretNode(node, reading))
    return values
  }
}

/** The largest relative difference of the outputs of two graphs, and of all values said to be equal. */
export function apart(
  [before, old]: readonly [Graph, Values],
  [after, now]: readonly [Graph, Values],
  equals: ReadonlyMap<Value, Value>,
): number {
  const outputs = before.outputs.map(
    ({ value }, i) => [value, after.outputs[i]?.value ?? value] as const,
  )
  return Math.max(
    ...[...equals, ...outputs]
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => relative(old.get(a) as Float64Array, now.get(b) as Float64Array)),
    0,
  )
}

/** Pixels where they are bytes, else numbers within ±1. */
export function inputNumbers(name: string, type: TensorType): Float64Array {
  const values = numbers(name, type)
  return type.element === 'uint8' ? values.map((v) => Math.floor(127.5 * (1 + v))) : values
}

/** Values of a parameter, made from its name: variances are positive, the rest within ±1. */
export function parameterNumbers({
  attributes: { name, role },
  type,
}: NodeOf<'parameter'>): Float64Array {
  const values = numbers(name, type)
  return role === 'normVariance' ? values.map((v) => 0.2 + Math.abs(v)) : values
}

function numbers(name: string, { shape }: TensorType): Float64Array {
  return Float64Array.from(drawn(between(-1, 1), elementCount(shape) as number, 0, name))
}
