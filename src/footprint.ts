import { elementCount } from './compiler/dimension.js'
import { type Graph, operationsOf, parametersOf } from './compiler/graph.js'
import { type Node, operandsOf, type TensorType } from './compiler/node.js'

const bytesPerElement: Readonly<Record<TensorType['element'], number>> = {
  float64: 8,
  int64: 8,
  float32: 4,
  int32: 4,
  float16: 2,
  uint8: 1,
  int8: 1,
  bool: 1,
}

/** Bytes of a tensor; 0 where a side is symbolic. */
export function bytesOf({ element, shape }: TensorType): number {
  return (elementCount(shape) ?? 0) * bytesPerElement[element]
}

/** Bytes of all parameters as float32. */
export function parameterBytes(graph: Graph): number {
  return parametersOf(graph).reduce((sum, parameter) => sum + bytesOf(parameter.type), 0)
}

/**
 * The most bytes of activations that are alive at once when operations run one by one in order, each
 * value being freed after its last reader: what any runtime needs at least.
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
    const bytes = typesOf(node).reduce((sum, type) => sum + bytesOf(type), 0)
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

function typesOf(node: Node): readonly TensorType[] {
  return node.kind === 'split' || node.kind === 'foreign' ? node.type : [node.type]
}

/** `264 MB`, `1.5 GB`: decimal units. */
export function printBytes(bytes: number): string {
  const [unit, size] = (
    [
      ['PB', 1e15],
      ['TB', 1e12],
      ['GB', 1e9],
      ['MB', 1e6],
      ['kB', 1e3],
    ] as const
  ).find(([, size]) => bytes >= size) ?? ['bytes', 1]
  const value = bytes / size
  return `${value >= 100 || size === 1 ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`
}
