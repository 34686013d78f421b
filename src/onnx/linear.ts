import type { Dimension } from '../compiler/dimension.js'
import type { NodeOf } from '../compiler/node.js'
import type { Writer } from './writer.js'

/** Of a vector one operator; of what has more axes a product with the weight turned, and a sum, as PyTorch exports it. */
export function linear(node: NodeOf<'linear'>, to: Writer): void {
  const { input, weight, bias } = node.inputs
  const [x, w, b] = [to.of(input), to.of(weight), bias && to.of(bias)]
  if (node.type.shape.length === 2) {
    to.write(node, 'Gemm', b === undefined ? [x, w] : [x, w, b], { transB: 1n })
    return
  }
  const [out, into] = weight.type.shape as readonly [Dimension, Dimension]
  const type = { element: weight.type.element, shape: [into, out] }
  const turned = to.step(node, 'weight', type, 'Transpose', [w], { perm: [1n, 0n] })
  if (b === undefined) to.write(node, 'MatMul', [x, turned])
  else to.write(node, 'Add', [to.step(node, 'product', node.type, 'MatMul', [x, turned]), b])
}
