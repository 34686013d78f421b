import { InternalError, NetworkError } from '../errors.js'
import { expressionOf } from './graph.js'
import {
  type Constant,
  isConstant,
  type Kind,
  type Kinds,
  type Node,
  type NodeOf,
  type Origin,
  placeOf,
  type Value,
} from './node.js'
import { typing } from './shape.js'
import { ShapeError } from './shape-error.js'

/**
 * Makes a node; its type follows from its operands.
 * @throws {NetworkError} `shape` where the operands do not fit, at the place that the origin tells.
 */
export function make<K extends Kind>(
  kind: K,
  inputs: Kinds[K]['inputs'],
  attributes: Kinds[K]['attributes'],
  origin: Origin,
): NodeOf<K> {
  const type = typed(kind, inputs, attributes, origin)
  const node = Object.freeze({ kind, inputs, attributes, type, origin })
  serials.set(node, ++last)
  return node
}

const serials = new WeakMap<object, number>()
let last = 0

/** When a node was made: after all that it reads. */
export function serialOf(node: Node): number {
  return serials.get(node) as number
}

/**
 * The same node reading other operands: the same object where they are the same.
 * A pass calls it; so does `specialise`, whence types follow the operands anew.
 */
export function withOperands<N extends Node>(node: N, replace: (operand: Node) => Node): N {
  if (node.kind === 'derived' && node.attributes.derivation.rule === 'computed') {
    const { expression } = node.attributes.derivation
    const rewritten = withConstants(expression, replace)
    return rewritten === expression ? node : (computed(rewritten, node.origin) as Node as N)
  }
  let changed = false
  const mapped = (operand: Node): Node => {
    const other = replace(operand)
    if (other !== operand) changed = true
    return other
  }
  const inputs: Record<string, unknown> = {}
  for (const [name, operand] of Object.entries(node.inputs) as [
    string,
    Node | readonly Node[] | undefined,
  ][])
    inputs[name] = Array.isArray(operand) ? operand.map(mapped) : operand && mapped(operand as Node)
  if (!changed) return node
  return make(node.kind, inputs as never, node.attributes as never, node.origin) as unknown as N
}

/** The constant that an expression over constants comes to. */
export function computed(expression: Value, origin: Origin): NodeOf<'derived'> {
  const from: readonly Constant[] = expressionOf(expression).filter(isConstant)
  return make('derived', { from }, { derivation: { rule: 'computed', expression } }, origin)
}

/** An expression over other constants. */
function withConstants(expression: Value, replace: (constant: Node) => Node): Value {
  const became = new Map<Node, Node>()
  for (const node of expressionOf(expression))
    became.set(
      node,
      isConstant(node)
        ? replace(node)
        : withOperands(node, (operand) => became.get(operand) ?? operand),
    )
  return became.get(expression) as Value
}

function typed<K extends Kind>(
  kind: K,
  inputs: Kinds[K]['inputs'],
  attributes: Kinds[K]['attributes'],
  origin: Origin,
): NodeOf<K>['type'] {
  try {
    return typing[kind](inputs, attributes)
  } catch (error) {
    if (!(error instanceof ShapeError))
      throw new InternalError(`typing ${kind} failed`, { cause: error })
    throw new NetworkError({
      rule: 'shape',
      problem: error.message,
      remedy: error.remedy,
      ...placeOf(origin),
    })
  }
}
