import { type Graph, nodesOf, readersOf } from './graph.js'
import { withOperands } from './make.js'
import type { Node, Value } from './node.js'

/** Why a rule that concerns a node left it as it is. */
export interface Declined {
  readonly path: string
  readonly reason: string
}

/** A rule's answer where it concerns a node but may not fire. */
export class Refusal {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

export interface Rewriting {
  readonly graph: Graph
  /** Which new value each old one equals; a value that is in neither graph's terms any more is absent. */
  readonly equals: ReadonlyMap<Value, Value>
  /** How many times the rule fired. */
  readonly fired: number
  readonly declined: readonly Declined[]
}

/** Graph → graph. The same graph back means that nothing changed. */
export interface Pass {
  readonly name: string
  run(graph: Graph): Rewriting
}

export interface Surroundings {
  /** How often a node (as the rule sees it) is read, an output being a reader too. */
  readers(node: Node): number
}

/**
 * What becomes of a node whose operands are rewritten already: another value that equals it, a refusal
 * with its reason, or nothing where the rule has no say.
 */
export type Rule = (node: Value, surroundings: Surroundings) => Value | Refusal | undefined

/**
 * Rebuilds a graph once under a rule, operands first and without recursion. Nodes that nothing
 * touched stay the same objects.
 */
export function rewrite(graph: Graph, rule: Rule): Rewriting {
  const readers = readersOf(graph)
  const became = new Map<Node, Node>()
  const before = new Map<Node, Node>()
  const declined: Declined[] = []
  let fired = 0
  const surroundings: Surroundings = {
    readers: (node) => readers.get(before.get(node) ?? node)?.length ?? 0,
  }
  for (const old of nodesOf(graph)) {
    const rebuilt = withOperands(old, (operand) => became.get(operand) ?? operand)
    before.set(rebuilt, old)
    became.set(old, rebuilt)
    if (rebuilt.kind === 'split' || rebuilt.kind === 'foreign') continue
    const answer = rule(rebuilt, surroundings)
    if (answer instanceof Refusal)
      declined.push({ path: rebuilt.origin.path, reason: answer.reason })
    else if (answer && answer !== rebuilt) {
      fired++
      became.set(old, answer)
      if (!before.has(answer)) before.set(answer, old)
    }
  }
  const value = (old: Value): Value => (became.get(old) ?? old) as Value
  const equals = new Map<Value, Value>()
  for (const old of became.keys())
    if (old.kind !== 'split' && old.kind !== 'foreign') equals.set(old, value(old))
  const outputs = graph.outputs.map((output) =>
    value(output.value) === output.value ? output : { ...output, value: value(output.value) },
  )
  const inputs = graph.inputs.map((input) => became.get(input) as typeof input)
  const same =
    outputs.every((output, i) => output === graph.outputs[i]) &&
    inputs.every((input, i) => input === graph.inputs[i])
  return { graph: same ? graph : { ...graph, inputs, outputs }, equals, fired, declined }
}
