import { InternalError } from '../errors.js'
import { type Graph, nodesOf, readersOf, withEnds } from './graph.js'
import { withOperands } from './make.js'
import { isValue, type Node, type Value } from './node.js'
import { equalTypes } from './shape.js'

/** A node that a rule concerns and left as it is, and why; all reasons, where it was asked about it in several places. */
export interface Declined {
  readonly path: string
  readonly reason: string
}

/** A rule's answer where it concerns a node but may not fire: the node that stays (else the one asked about). */
export class Refusal {
  readonly reason: string
  readonly node: Node | undefined

  constructor(reason: string, node?: Node) {
    this.reason = reason
    this.node = node
  }
}

/**
 * One time that a rule fired: what stood there, its operands rewritten already, and what took its place. Both read
 * the same nodes where nothing changed, so what each computes of them can be compared by itself.
 */
export interface Firing {
  readonly before: Node
  readonly after: Node
}

export interface Rewriting {
  readonly graph: Graph
  /** Which new value each old one equals; a value that the new graph does not compute any more is absent. */
  readonly equals: ReadonlyMap<Value, Value>
  readonly firings: readonly Firing[]
  readonly declined: readonly Declined[]
}

/**
 * What a pass may change of a network's numbers: nothing at all; how they are rounded, since it is equal in exact
 * arithmetic; or how many bits they have.
 */
export type Change = 'nothing' | 'rounding' | 'precision'

/** Graph → graph. The same graph back means that nothing changed. */
export interface Pass {
  readonly name: string
  /** What it takes to be equal, as a formula for people; a line for each form. */
  readonly equation: string
  readonly changes: Change
  run(graph: Graph): Rewriting
}

export interface Surroundings {
  /**
   * How often a node, as the rule sees it, is read: an output is a reader too. Where several nodes became one,
   * the sum of what read them.
   */
  readers(node: Node): number
  /** The node as it stands in the graph that is rewritten: by it is found what a pass worked out there before. */
  readonly old: Node
}

/**
 * What becomes of a node whose operands are rewritten already: another of the same type that equals it, a
 * refusal with its reason, or nothing where the rule has no say. A node that it makes is put to it again.
 */
export type Rule = (node: Node, surroundings: Surroundings) => Node | Refusal | undefined

/**
 * Rebuilds a graph once under a rule, operands first and without recursion. Nodes that nothing touched stay
 * the same objects, and a graph in which nothing fired stays itself.
 * @throws {InternalError} where a rule answers with a node of another type, or never comes to rest.
 */
export function rewrite(graph: Graph, rule: Rule): Rewriting {
  const readers = readersOf(graph)
  const became = new Map<Node, Node>()
  const counts = new Map<Node, number>()
  const refusals = new Map<Node, string>()
  const readersNow = (node: Node): number => counts.get(node) ?? 0
  const firings: Firing[] = []
  const ask = (node: Node, old: Node): Node | undefined => {
    const answer = rule(node, { readers: readersNow, old })
    if (answer === node || answer === undefined) return undefined
    if (answer instanceof Refusal) {
      const about = answer.node ?? node
      const before = refusals.get(about)
      refusals.set(about, before === undefined ? answer.reason : `${before}; ${answer.reason}`)
      return undefined
    }
    if (!equalTypes(node.type, answer.type))
      throw new InternalError(
        `a rule puts a ${answer.kind} of another type in place of ${node.kind} ${node.origin.path}`,
      )
    firings.push({ before: node, after: answer })
    return answer
  }
  for (const old of nodesOf(graph)) {
    const read = readers.get(old) ?? 0
    let next: Node | undefined = withOperands(old, (operand) => became.get(operand) ?? operand)
    for (let round = 0; next; round++) {
      // Each answer is to take something out of the graph, or be the last.
      if (round > nodesOf(graph).length)
        throw new InternalError(`a rule never comes to rest at ${next.kind} ${next.origin.path}`)
      became.set(old, next)
      const known = counts.get(next)
      counts.set(next, (known ?? 0) + read)
      next = known === undefined ? ask(next, old) : undefined
    }
  }
  const rewritten = firings.length === 0 ? graph : withEnds(graph, became)
  const alive = new Set(nodesOf(rewritten))
  const equals = new Map<Value, Value>()
  for (const [old, now] of became) if (isValue(old) && alive.has(now)) equals.set(old, now as Value)
  const declined = [...refusals]
    .filter(([node]) => alive.has(node))
    .map(([node, reason]) => ({ path: node.origin.path, reason }))
  return { graph: rewritten, equals, firings, declined }
}

/** What comes of a pass that changes nothing: each value equals itself. */
export function unchanged(graph: Graph, declined: readonly Declined[] = []): Rewriting {
  const values = nodesOf(graph).filter(isValue)
  return { graph, equals: new Map(values.map((value) => [value, value])), firings: [], declined }
}

/** Which value of what came last each of the first equals, where it is still computed. */
export function composed(
  first: Rewriting['equals'],
  then: Rewriting['equals'],
): Rewriting['equals'] {
  const equals = new Map<Value, Value>()
  for (const [old, between] of first) {
    const now = then.get(between)
    if (now) equals.set(old, now)
  }
  return equals
}
