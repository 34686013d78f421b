import { elementBytes } from '../../compiler/cost.js'
import { type Dimension, elementCount, isProduct } from '../../compiler/dimension.js'
import { isLayer, isMultiple, type Node, type TensorType } from '../../compiler/node.js'

/** What an open side of the input counts as: one image of 512×512. */
const usual: Readonly<Record<string, number>> = { batch: 1, height: 512, width: 512 }

/** The sides of a tensor, at a usual size where they are open. */
export function usualShape(shape: readonly Dimension[]): readonly number[] {
  return shape.map((side) => {
    if (typeof side === 'number') return side
    if (isProduct(side)) return side.times * elementCount(usualShape(side.factors))
    const n = Math.max(1, Math.floor((usual[side.symbol] ?? 1) / side.multiple))
    return Math.floor((side.times * n + side.plus) / side.over)
  })
}

export function usualElements({ shape }: TensorType): number {
  return elementCount(usualShape(shape))
}

/** Bytes of all that a node makes. */
export function usualBytes(node: Node): number {
  const types = isMultiple(node) ? node.type : [node.type]
  return types.reduce((sum, type) => sum + usualElements(type) * elementBytes[type.element], 0)
}

/** Multiply-accumulates of a convolution or a linear layer, padding counted; 0 of all else. */
export function usualMacs(node: Node): number {
  if (!isLayer(node) && node.kind !== 'fusedConv') return 0
  const { input, weight } = node.inputs
  const windows = node.kind === 'convTranspose' ? input.type : node.type
  return usualElements(windows) * elementCount(weight.type.shape.slice(1) as readonly number[])
}
