import { InternalError, NetworkError, userLocation } from '../errors.js'
import type { Kind, Kinds, Node, NodeOf, Origin } from './node.js'
import { ShapeError, typing } from './shape.js'

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
  return Object.freeze({
    kind,
    inputs,
    attributes,
    type: typed(kind, inputs, attributes, origin),
    origin,
  })
}

/**
 * The same node reading other operands: the same object where they are the same.
 * A pass calls it; so does `specialise`, whence types follow the operands anew.
 */
export function withOperands<N extends Node>(node: N, replace: (operand: Node) => Node): N {
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
      scope: origin.path,
      location: origin.place && userLocation(origin.place),
    })
  }
}
