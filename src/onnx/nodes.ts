import { type Graph, nodesOf } from '../compiler/graph.js'
import { dispatch, type Value } from '../compiler/node.js'
import { field } from './framing.js'
import { Literals } from './literals.js'
import { graphField, type NodeMessage, nodeMessage } from './messages.js'
import { hierarchical, Names, type Naming } from './names.js'
import { operators } from './operators.js'
import type { Writer } from './writer.js'

/** A graph's nodes as ONNX has them. */
export interface WrittenNodes {
  /** Fields of the graph, one for each node. */
  readonly nodes: readonly Uint8Array[]
  /** Fields of the graph: the small tensors that the nodes need besides the weights. */
  readonly literals: readonly Uint8Array[]
  /** The operator sets that they are from: domain and version. */
  readonly opsets: ReadonlyMap<string, number>
}

/** Writes every node by `operators`, and then the outputs that are copies. */
export function writeNodes(graph: Graph, opset: number, naming: Naming): WrittenNodes {
  const nodes: Uint8Array[] = []
  const opsets = new Map([['', opset]])
  const nodeNames = new Names()
  const literals = new Literals(naming.taken)
  const put = (name: string, node: Omit<NodeMessage, 'name'>): void => {
    nodes.push(field(graphField.node, nodeMessage({ ...node, name: nodeNames.unique(name) })))
  }
  const of = (value: Value): string => naming.values.get(value) as string
  const to: Writer = {
    opset,
    of,
    integers: (values) => literals.integers(values),
    floats: (values, shape) => literals.floats(values, shape),
    step: (node, part, operator, inputs, attributes = {}) => {
      const path = `${hierarchical(node.origin.path)}/${part}`
      const output = naming.taken.unique(path)
      put(path, { operator, inputs, outputs: [output], attributes })
      return output
    },
    write: (node, operator, inputs, attributes = {}) => {
      const { domain, version } = node.kind === 'foreign' ? node.attributes : ownDomain
      if (domain !== '') opsets.set(domain, version)
      const outputs = naming.results.get(node) ?? [of(node as Value)]
      put(hierarchical(node.origin.path), { operator, domain, inputs, outputs, attributes })
    },
  }
  for (const node of nodesOf(graph)) dispatch(operators, node, to)
  for (const { name, value } of naming.copies)
    put(`/outputs/${name}`, { operator: 'Identity', inputs: [of(value)], outputs: [name] })
  return { nodes, literals: literals.initializers, opsets }
}

const ownDomain = { domain: '', version: 0 }
