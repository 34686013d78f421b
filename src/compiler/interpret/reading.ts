import { InternalError } from '../../errors.js'
import { elementCount, printShape } from '../dimension.js'
import type { Node, NodeOf, TensorType, Value } from '../node.js'

/** Where a node's function finds the values it reads. Values are never written to: nodes may share them. */
export interface Reading {
  /** The values of a node that is interpreted already. */
  of(node: Node): Float64Array
  input(node: NodeOf<'input'>): Float64Array
  parameter(node: NodeOf<'parameter'>): Float64Array
}

/**
 * The sides of a value as numbers.
 * @throws {InternalError} where one is symbolic: specialise the graph first.
 */
export function sidesOf({ shape }: TensorType): readonly number[] {
  return shape.map((d) => {
    if (typeof d === 'number') return d
    throw new InternalError(`a graph of open size is interpreted: ${printShape(shape)}`)
  })
}

/** The four sides of a map or of a convolution's weight. */
export function sides4({ type }: Value): readonly [number, number, number, number] {
  return sidesOf(type) as readonly number[] as [number, number, number, number]
}

export function sizeOf(type: TensorType): number {
  return elementCount(sidesOf(type))
}
