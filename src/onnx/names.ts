import { type Graph, nodesOf, type Output } from '../compiler/graph.js'
import {
  type Constant,
  isConstant,
  isMultiple,
  type Multiple,
  type Value,
} from '../compiler/node.js'

/** Gives every node and tensor of a file its name, once. */
export class Names {
  readonly #taken = new Set<string>()
  /** The first number behind each name that may still be free: thousands of layers may share one. */
  readonly #numbers = new Map<string, number>()

  /** A name as it is, which no other may have. */
  reserve(name: string): string {
    this.#taken.add(name)
    return name
  }

  /** The name itself, or with the first number behind it that makes it one of a kind. */
  unique(name: string): string {
    let free = name
    let n = this.#numbers.get(name) ?? 1
    while (this.#taken.has(free)) free = `${name}_${n++}`
    this.#numbers.set(name, n)
    return this.reserve(free)
  }
}

/** What the tensors of a file are called. */
export interface Naming {
  /** The tensor that each value is. */
  readonly values: ReadonlyMap<Value, string>
  /** The tensors that a node of several results makes, read or not. */
  readonly results: ReadonlyMap<Multiple, readonly string[]>
  /** Outputs that are to be copies, since their values have a name already: inputs, constants, other outputs. */
  readonly copies: readonly Output[]
  /** Names that are taken, for the tensors between the operators of one node. */
  readonly taken: Names
}

/** Inputs and outputs have their names as they are; parameters theirs; the rest their place in the network. */
export function nameValues(graph: Graph, constants: readonly Constant[]): Naming {
  const taken = new Names()
  const values = new Map<Value, string>()
  const results = new Map<Multiple, string[]>()
  const copies: Output[] = []
  for (const input of graph.inputs) values.set(input, taken.reserve(input.attributes.name))
  for (const { name } of graph.outputs) taken.reserve(name)
  for (const output of graph.outputs) {
    if (values.has(output.value) || isConstant(output.value)) copies.push(output)
    else values.set(output.value, output.name)
  }
  for (const constant of constants)
    values.set(
      constant,
      taken.unique(constant.kind === 'parameter' ? constant.attributes.name : constant.origin.path),
    )
  for (const node of nodesOf(graph)) {
    if (isConstant(node) || node.kind === 'input') continue
    const path = hierarchical(node.origin.path)
    if (isMultiple(node))
      results.set(
        node,
        node.type.map((_, i) => taken.unique(`${path}_${i}`)),
      )
    else if (node.kind === 'result') {
      const all = results.get(node.inputs.of) as string[]
      const { index } = node.attributes
      const output = values.get(node)
      if (output === undefined) values.set(node, all[index] as string)
      else all[index] = output
    } else if (!values.has(node)) values.set(node, taken.unique(path))
  }
  return { values, results, copies, taken }
}

/** `stage3.2.branches.1` as tools that group nodes expect it: `/stage3/2/branches/1`. */
export function hierarchical(path: string): string {
  return `/${path.replaceAll('.', '/')}`
}
