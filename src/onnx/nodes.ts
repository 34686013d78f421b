import { type Graph, nodesOf } from '../compiler/graph.js'
import {
  dispatch,
  type Multiple,
  type Node,
  placeOf,
  type TensorType,
  type Value,
} from '../compiler/node.js'
import { NetworkError } from '../errors.js'
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
  /** What the operators of one node pass on among themselves, by name. */
  readonly steps: ReadonlyMap<string, TensorType>
  /** What each operator computes for, by its name in the file. */
  readonly operators: ReadonlyMap<string, Node>
  /** The operator sets that they are from: domain and version. */
  readonly opsets: ReadonlyMap<string, number>
}

/**
 * Writes every node by `operators`, and then the outputs that are copies.
 * @throws {NetworkError} where foreign operators want two versions of one domain.
 */
export function writeNodes(graph: Graph, opset: number, naming: Naming): WrittenNodes {
  const nodes: Uint8Array[] = []
  const steps = new Map<string, TensorType>()
  const opsets = new Map([['', opset]])
  const nodeNames = new Names()
  const operatorsOf = new Map<string, Node>()
  const literals = new Literals(naming.taken)
  const put = (of: Node, path: string, message: Omit<NodeMessage, 'name'>): void => {
    const name = nodeNames.unique(path)
    operatorsOf.set(name, of)
    nodes.push(field(graphField.node, nodeMessage({ ...message, name })))
  }
  const of = (value: Value): string => naming.values.get(value) as string
  const to: Writer = {
    opset,
    of,
    integers: (values) => literals.integers(values),
    floats: (values, shape, element) => literals.floats(values, shape, element),
    step: (node, part, type, operator, inputs, attributes = {}) => {
      const path = `${hierarchical(node.origin.path)}/${part}`
      const output = naming.taken.unique(path)
      steps.set(output, type)
      put(node, path, { operator, inputs, outputs: [output], attributes })
      return output
    },
    write: (node, operator, inputs, attributes = {}) => {
      const domain = domainOf(node, operator, opsets)
      const outputs = naming.results.get(node as Multiple) ?? [of(node as Value)]
      put(node, hierarchical(node.origin.path), { operator, domain, inputs, outputs, attributes })
    },
  }
  for (const node of nodesOf(graph)) dispatch(operators, node, to)
  for (const { name, value } of naming.copies)
    put(value, `/outputs/${name}`, { operator: 'Identity', inputs: [of(value)], outputs: [name] })
  return { nodes, literals: literals.initializers, steps, operators: operatorsOf, opsets }
}

/** The domain of a node's operator, whose version the file is to import: a file has one of each domain. */
function domainOf(node: Node, operator: string, opsets: Map<string, number>): string {
  const set = operatorSetOf(node)
  if (!set) return ''
  const { version } = set
  const domain = set.domain === 'ai.onnx' ? '' : set.domain
  const imported = opsets.get(domain) ?? version
  if (imported !== version)
    throw new NetworkError({
      rule: 'foreign-version',
      problem: `${operator} is of version ${version} of ${set.domain}, of which the file has ${imported}`,
      remedy:
        domain === ''
          ? `Leave the domain out, or build with opset ${version}.`
          : 'Take the operators of one domain from one version.',
      ...placeOf(node.origin),
    })
  opsets.set(domain, version)
  return domain
}

/** Which operators a node's is one of; nothing where it is of those that the model is written in. */
function operatorSetOf(node: Node): { domain: string; version: number } | undefined {
  if (node.kind === 'fusedConv') return { domain: 'com.microsoft', version: 1 }
  if (node.kind !== 'foreign' || node.attributes.domain === '') return undefined
  return node.attributes
}
