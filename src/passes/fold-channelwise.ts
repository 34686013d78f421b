import { make } from '../compiler/make.js'
import { isConstant, isWeighted, type Node, type Value } from '../compiler/node.js'
import { type Pass, Refusal, rewrite } from '../compiler/rewrite.js'
import { perChannel } from './channelwise.js'
import { type Pieces, pieces } from './pieces.js'
import { outputScaling, part, type Readers, reweighted } from './reweighted.js'

/**
 * A product or a sum with one constant number for each channel goes into the weights before it, on their output
 * channels o:
 *
 *     factor·(W∗x + b)  =  (factor[o]·W)∗x + factor·b
 *     (W∗x + b) + c     =  W∗x + (b + c)
 *
 * of a convolution (any groups, transposed too) or a linear layer; behind them, `fold-batch-norm` does it for products.
 *
 * Refused: where the layer is read elsewhere too (it would be computed twice); where weights are computed from the
 * input.
 */
export const foldChannelwise: Pass = {
  name: 'fold-channelwise',
  equation: 'factor·(W∗x + b) = (factor[o]·W)∗x + factor·b\n(W∗x + b) + c = W∗x + (b + c)',
  changes: 'rounding',
  run(graph) {
    const made = pieces()
    return rewrite(graph, (node, { readers }) => folded(node, readers, made))
  },
}

function folded(node: Node, readers: Readers, made: Pieces): Value | Refusal | undefined {
  if (node.kind !== 'add' && node.kind !== 'multiply') return undefined
  const found = perChannel(node)
  if (!found || !isWeighted(found.x)) return undefined
  const { x: layer } = found
  const { input, weight, bias } = layer.inputs
  const { path } = layer.origin
  if (!isConstant(weight) || (bias && !isConstant(bias)))
    return new Refusal(`the weights of ${path} before it are computed from the input`)
  if (readers(layer) > 1)
    return new Refusal(
      `${path} before it is read ${readers(layer)} times: folded, it would be computed twice`,
    )
  const numbers = made.vector(found.constant, node.origin)
  const origin = part(layer, 'bias')
  const moved =
    bias && made.compute(make(node.kind, { left: bias, right: numbers }, {}, origin), origin)
  if (node.kind === 'add') return reweighted(layer, { input, weight, bias: moved ?? numbers })
  const scaled = made.derive(outputScaling(layer), [weight, numbers], part(layer, 'weight'))
  return reweighted(layer, { input, weight: scaled, bias: moved })
}
