import type { NodeOf, Weighted } from '../compiler/node.js'

/**
 * Whether ONNX Runtime's WebGPU reads the channels of a convolution three at a time, where it makes a multiple of 4 of
 * them. `Conv2dMMProgram` (1.30) takes them from wrong places then, but for 3 channels; no error tells it. Convolutions
 * in groups, and those that are a product of matrices, are computed by others, rightly.
 */
export function readsInThrees(layer: Weighted | NodeOf<'fusedConv'>): boolean {
  if ((layer.kind !== 'conv' && layer.kind !== 'fusedConv') || layer.attributes.groups !== 1)
    return false
  const { strides, padding } = layer.attributes
  const [, channels, ...kernel] = layer.inputs.weight.type.shape.map(Number)
  const isProduct =
    [...kernel, ...strides].every((side) => side === 1) && padding.every((side) => side === 0)
  return (
    !isProduct && Number(channels) > 3 && Number(channels) % 3 === 0 && Number(channels) % 4 !== 0
  )
}
