import { expressionOf } from './graph.js'
import { isConstant, type Node, operandsOf, type Value } from './node.js'

/**
 * A function that gives, of all nodes that compute the same from the same operands, the first one it was
 * shown. Operands are to be shown before their readers. What is foreign is like nothing but itself: it may
 * be random.
 */
export function interner(): <N extends Node>(node: N) => N {
  const first = new Map<string, Node>()
  const numbers = new Map<Node, string>()
  const number = (node: Node): string => {
    const known = numbers.get(node) ?? String(numbers.size)
    numbers.set(node, known)
    return known
  }
  const signature = (node: Node): string => {
    // A parameter is one node for each name.
    if (node.kind === 'foreign' || node.kind === 'parameter') return `${node.kind} ${number(node)}`
    if (node.kind === 'derived' && node.attributes.derivation.rule === 'computed')
      return expressionSignature(node.attributes.derivation.expression, number)
    return spelt(node, number)
  }
  return <N extends Node>(node: N): N => {
    const signed = signature(node)
    const known = first.get(signed)
    if (known) return known as N
    first.set(signed, node)
    return node
  }
}

/** An expression has few nodes: it is spelt out, down to its constants. */
function expressionSignature(expression: Value, number: (node: Node) => string): string {
  const texts = new Map<Node, string>()
  for (const node of expressionOf(expression))
    texts.set(
      node,
      isConstant(node) ? number(node) : `(${spelt(node, (read) => texts.get(read) as string)})`,
    )
  return `computed ${texts.get(expression)}`
}

/** A node as its kind, its attributes and its operands, each of which `operand` spells. */
export function spelt(node: Node, operand: (node: Node) => string): string {
  return `${node.kind} ${spelling(node.attributes)} ${operandsOf(node).map(operand).join(' ')}`
}

/** A value of attributes or types as text: equal ones have equal texts. */
export function spelling(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelling).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, each]) => `${name}:${spelling(each)}`).join()}}`
}
