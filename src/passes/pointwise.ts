import type { Node, NodeOf } from '../compiler/node.js'

/** Whether a convolution works on each position by itself: 1×1, stride 1, no padding. */
export function isPointwise(node: Node): node is NodeOf<'conv'> {
  if (node.kind !== 'conv') return false
  const { strides, padding } = node.attributes
  const kernel = node.inputs.weight.type.shape.slice(2)
  return [...kernel, ...strides].every((n) => n === 1) && padding.every((n) => n === 0)
}

/** Why a convolution is not a 1×1 one over all channels, if it is not. */
export function notDense(conv: NodeOf<'conv'>): string | undefined {
  const { strides, padding, groups } = conv.attributes
  const kernel = conv.inputs.weight.type.shape.slice(2).join('x')
  if (kernel !== '1x1') return `its kernel is ${kernel}, not 1x1`
  if (strides.some((n) => n !== 1)) return `its stride is ${strides.join('x')}`
  if (padding.some((n) => n !== 0)) return 'it pads'
  return groups === 1 ? undefined : `it has ${groups} groups`
}

/** Whether an average counts zeros around the map: then its weights do not sum to one everywhere. */
export function countsZeros(pool: NodeOf<'pool'> | NodeOf<'globalPool'>): boolean {
  return (
    pool.kind === 'pool' &&
    pool.attributes.countPadding &&
    pool.attributes.padding.some((n) => n > 0)
  )
}
