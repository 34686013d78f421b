import { InternalError } from '../errors.js'
import { wrongAttribute } from './attributes.js'
import { leastOf } from './dimension.js'
import { endsOf, expressionOf, type Graph, nodesOf, reachedFrom } from './graph.js'
import {
  type Constant,
  isConstant,
  isMultiple,
  type Node,
  type NodeOf,
  operandsOf,
  type TensorType,
} from './node.js'
import { printType } from './print.js'
import { equalTypes, typing } from './shape.js'

/** What holds of every graph, as written and after each pass. */
export const invariants = {
  kind: 'every node is of a known kind',
  order: 'operands come before what reads them: there are no cycles',
  schedule: 'an order that a graph has is of all that its outputs reach, and of nothing else',
  results: 'a node of several results is read through `result` alone, and `result` reads no other',
  index: 'a `result` reads one of the results there are',
  attributes: 'attributes are finite, whole numbers where they count, and fit the operands',
  type: 'the type of a node follows from its operands and attributes',
  sides: 'every side is a whole number, from 1; a symbolic one never comes to less',
  inputs: 'every input that is reached is declared, once, under a name of its own',
  outputs: 'there is an output; each has a name of its own, no input’s, and is one value',
  parameters: 'a parameter name is one node, with one shape and one role',
  derived: 'what is derived reads constants alone, and all that its expression reads',
} as const

export type Invariant = keyof typeof invariants

/**
 * Checks every invariant of a graph.
 * @throws {InternalError} that names the first node, or output, of which one does not hold.
 */
export function validate(graph: Graph): void {
  const broken = (invariant: Invariant, where: string, what: string): never => {
    throw new InternalError(
      `${graph.name}: ${where} breaks the invariant “${invariant}” (${invariants[invariant]}): ${what}`,
    )
  }
  const names = checkInputs(graph, broken)
  if (graph.order) checkSchedule(graph, graph.order, broken)
  const met = new Set<Node>()
  const parameters = new Map<string, Node>()
  for (const node of nodesOf(graph)) {
    const fails = (invariant: Invariant, what: string): never =>
      broken(invariant, `${node.kind} ${node.origin.path}`, what)
    if (!Object.hasOwn(typing, node.kind)) fails('kind', String(node.kind))
    for (const operand of operandsOf(node)) {
      if (!met.has(operand)) fails('order', `${operand.kind} ${operand.origin.path} comes later`)
      if (isMultiple(operand) !== (node.kind === 'result'))
        fails('results', `it reads ${operand.kind} ${operand.origin.path}`)
    }
    met.add(node)
    if (node.kind === 'input' && !names.has(node)) fails('inputs', 'it is not declared')
    if (node.kind === 'result') checkIndex(node, fails)
    const wrong = wrongAttribute(node)
    if (wrong) fails('attributes', wrong)
    if (node.kind === 'derived') checkDerived(node, fails)
    checkType(node, fails)
    if (node.kind === 'parameter') {
      const { name } = node.attributes
      if (name === '') fails('parameters', 'it has no name')
      if (parameters.has(name)) fails('parameters', `another node is called ${name}`)
      parameters.set(name, node)
    }
  }
  checkOutputs(graph, new Set(names.values()), broken)
}

type Fails = (invariant: Invariant, what: string) => never
type Broken = (invariant: Invariant, where: string, what: string) => never

function checkInputs({ inputs }: Graph, broken: Broken): ReadonlyMap<Node, string> {
  const names = new Map<Node, string>()
  for (const input of inputs) {
    const { name } = input.attributes
    if (name.trim() === '') broken('inputs', `input “${name}”`, 'it has no name')
    if ([...names.values()].includes(name)) broken('inputs', `input “${name}”`, 'it is there twice')
    names.set(input, name)
  }
  return names
}

function checkSchedule(graph: Graph, order: readonly Node[], broken: Broken): void {
  const reached = reachedFrom(endsOf(graph))
  const listed = new Set(order)
  const missing = reached.find((node) => !listed.has(node))
  if (missing || order.length !== reached.length)
    broken(
      'schedule',
      'the order',
      missing
        ? `${missing.kind} ${missing.origin.path} is not in it`
        : `it has ${order.length} nodes, of ${reached.length}`,
    )
}

function checkOutputs({ outputs }: Graph, inputs: ReadonlySet<string>, broken: Broken): void {
  if (outputs.length === 0) broken('outputs', 'the graph', 'it has 0 outputs')
  const names = new Set<string>()
  for (const { name, value } of outputs) {
    const where = `output “${name}”`
    if (name.trim() === '') broken('outputs', where, 'it has no name')
    if (inputs.has(name)) broken('outputs', where, 'an input is called so')
    if (names.has(name)) broken('outputs', where, 'it is there twice')
    names.add(name)
    const node = value as Node
    if (isMultiple(node)) broken('outputs', where, `it is a whole ${node.kind}`)
  }
}

function checkIndex(
  { inputs: { of }, attributes: { index } }: NodeOf<'result'>,
  fails: Fails,
): void {
  if (!Number.isInteger(index) || index < 0 || index >= of.type.length)
    fails('index', `result ${index} of ${of.type.length}`)
}

function checkType(node: Node, fails: Fails): void {
  const derive = typing[node.kind] as (inputs: unknown, attributes: unknown) => Node['type']
  let type: Node['type']
  try {
    type = derive(node.inputs, node.attributes)
  } catch (error) {
    fails('type', (error as Error).message)
    return
  }
  if (!equalTypes(type, node.type))
    fails('type', `it says ${printType(node.type)}, not ${printType(type)}`)
  // What a foreign operator declares is believed: a list of what it found may be empty.
  if (node.kind === 'foreign' || node.kind === 'result') return
  for (const { shape } of [type].flat() as TensorType[])
    for (const side of shape)
      if (!Number.isSafeInteger(leastOf(side)) || leastOf(side) < 1) fails('sides', printType(type))
}

function checkDerived({ inputs, attributes }: NodeOf<'derived'>, fails: Fails): void {
  const from: readonly Node[] = inputs.from
  const other = from.find((node) => !isConstant(node))
  if (other) fails('derived', `it reads ${other.kind} ${other.origin.path}`)
  if (attributes.derivation.rule !== 'computed') return
  const reached = expressionOf(attributes.derivation.expression)
  const live = reached.find(({ kind }) => kind === 'input' || kind === 'foreign')
  if (live) fails('derived', `its expression reads ${live.kind} ${live.origin.path}`)
  const reads = reached.filter(isConstant)
  if (reads.length !== from.length || reads.some((node: Constant) => !from.includes(node)))
    fails('derived', `it holds ${from.length} constants, its expression ${reads.length}`)
}
