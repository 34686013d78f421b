import { type Graph, nodesOf } from '../../src/compiler/graph.js'
import { interpretNode, type Reading } from '../../src/compiler/interpret.js'
import { type Node, operandsOf, type Value } from '../../src/compiler/node.js'
import type { Weights } from '../../src/weights/source.js'
import { relative } from './relative.js'

/** What of a batch norm is left out: a mean of 0, an epsilon of 0, a scale of 1 stands in its place. */
export type Left = 'mean' | 'epsilon' | 'scale'

export interface NormSensitivity {
  readonly path: string
  /** How far the outputs move, max |Δ| / max |output|, without one thing of this norm. */
  without(left: Left): number
}

/**
 * The batch norms of a graph, one at a time, in the float64 interpreter. Only what is downstream of a norm is
 * computed again.
 */
export async function* normSensitivities(
  graph: Graph,
  weights: Weights,
  image: Float32Array,
): AsyncGenerator<NormSensitivity> {
  const nodes = nodesOf(graph)
  const parameters = new Map<Node, Float64Array>()
  for (const node of nodes)
    if (node.kind === 'parameter') parameters.set(node, Float64Array.from(await weights.read(node)))
  const usual: Values = new Map()
  const reading = (values: Values): Reading => ({
    of: (node) => (values.get(node) ?? usual.get(node)) as Float64Array,
    input: () => Float64Array.from(image),
    parameter: (node) => parameters.get(node) as Float64Array,
  })
  for (const node of nodes) usual.set(node, interpretNode(node, reading(usual)))

  for (const norm of nodes) {
    if (norm.kind !== 'batchNorm') continue
    const below = downstream(nodes, norm)
    const moved = (values: Float64Array): number => {
      const changed: Values = new Map([[norm, values]])
      for (const node of below) changed.set(node, interpretNode(node, reading(changed)))
      const moves = graph.outputs.map(({ value }) =>
        relative(usual.get(value) as Float64Array, reading(changed).of(value)),
      )
      return Math.max(...moves)
    }
    const { mean, scale } = norm.inputs
    const left: Readonly<Record<Left, () => Float64Array>> = {
      mean: () => interpretNode(norm, filled(reading(usual), mean, 0)),
      epsilon: () => interpretNode({ ...norm, attributes: { epsilon: 0 } }, reading(usual)),
      scale: () => interpretNode(norm, filled(reading(usual), scale, 1)),
    }
    yield { path: norm.origin.path, without: (what) => moved(left[what]()) }
  }
}

type Values = Map<Node, Float64Array>

function downstream(nodes: readonly Node[], start: Node): readonly Node[] {
  const reached = new Set([start])
  for (const node of nodes) if (operandsOf(node).some((o) => reached.has(o))) reached.add(node)
  reached.delete(start)
  return [...reached]
}

function filled(reading: Reading, operand: Value, value: number): Reading {
  return {
    ...reading,
    of: (node) =>
      node === operand ? new Float64Array(reading.of(node).length).fill(value) : reading.of(node),
  }
}
