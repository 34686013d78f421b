import type { Graph } from '../compiler/graph.js'
import {
  type Constant,
  isConstant,
  isWeighted,
  type NodeOf,
  type Value,
  type Weighted,
} from '../compiler/node.js'
import { type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { withArticle } from '../spelling.js'
import { pieces } from './pieces.js'
import { type Derive, outputScaling, part, type Readers, reweighted } from './reweighted.js'
import { scaledWeights } from './scale-weights.js'

/**
 * A batch norm is factor·x + offset on each channel, so it goes into the weights beside it. With
 *
 *     factor = scale / sqrt(variance + epsilon)
 *
 * after a convolution W∗x + b (any groups, transposed too) or a linear layer, on its output channels o:
 *
 *     norm(W∗x + b)  =  (factor[o]·W)∗x + (shift + (b − mean)·factor)
 *
 * before a convolution without padding or a linear layer, on its input channels i:
 *
 *     W∗norm(x) + b  =  (factor[i]·W)∗x + (b + Σ W·(shift − mean·factor))
 *
 * and so does a product with one constant number for each channel, which has no offset (`scaledWeights`).
 *
 * Refused: where the value between the two is read elsewhere too (both would have to be computed); before a
 * padded convolution (the zeros around the map are put there after the norm, and have no offset); before a
 * transposed one (each position is covered by another part of the kernel). Weights are derived, never
 * changed, so they may be shared with other layers.
 */
export const foldBatchNorm: Pass = {
  name: 'fold-batch-norm',
  equation: [
    'norm(W∗x + b) = (factor[o]·W)∗x + (shift + (b − mean)·factor)',
    'W∗norm(x) + b = (factor[i]·W)∗x + (b + Σ W·(shift − mean·factor))',
    'W∗(factor·x) + b = (factor[i]·W)∗x + b',
  ].join('\n'),
  changes: 'rounding',
  run,
}

type Norm = NodeOf<'batchNorm'>

function run(graph: Graph): Rewriting {
  // Layers that share weights and norm share what is derived from them.
  const made = pieces()
  return rewrite(graph, (node, { readers }) => {
    if (node.kind === 'batchNorm') return afterWeights(node, readers, made.derive)
    if (isWeighted(node) && node.inputs.input.kind === 'batchNorm')
      return beforeWeights(node, node.inputs.input, readers, made.derive)
    if (isWeighted(node) && node.inputs.input.kind === 'multiply')
      return scaledWeights(node, node.inputs.input, readers, made)
    return undefined
  })
}

function afterWeights(norm: Norm, readers: Readers, derive: Derive): Value | Refusal {
  const layer = norm.inputs.input
  if (!isWeighted(layer))
    return new Refusal(`it follows ${withArticle(layer.kind)}, which has no weights`)
  const constants = constantsOf(norm, layer)
  if (!constants) return new Refusal('its parameters, or the weights, are computed from the input')
  if (readers(layer) > 1)
    return new Refusal(
      `${layer.origin.path} before it is read ${readers(layer)} times: folded, it would be computed twice`,
    )
  const { weight, bias, scale, shift, mean, variance } = constants
  const { epsilon } = norm.attributes
  const factor = derive({ rule: 'normFactor', epsilon }, [scale, variance], part(norm, 'factor'))
  const scaled = derive(outputScaling(layer), [weight, factor], part(layer, 'weight'))
  const moved = derive(
    { rule: 'normOffset' },
    [shift, mean, factor, ...(bias ? [bias] : [])],
    part(layer, 'bias'),
  )
  return reweighted(layer, { input: layer.inputs.input, weight: scaled, bias: moved })
}

function beforeWeights(
  layer: Weighted,
  norm: Norm,
  readers: Readers,
  derive: Derive,
): Value | Refusal {
  const { path } = layer.origin
  const constants = constantsOf(norm, layer)
  if (!constants)
    return new Refusal('its parameters, or the weights, are computed from the input', norm)
  if (readers(norm) > 1)
    return new Refusal(`it is read ${readers(norm)} times, not by ${path} alone`, norm)
  if (layer.kind === 'convTranspose')
    return new Refusal(`${path} after it is transposed: its offset would be no bias`, norm)
  if (layer.kind === 'conv' && layer.attributes.padding.some((n) => n > 0))
    return new Refusal(`${path} after it pads with zeros, which have no offset`, norm)
  const { weight, bias, scale, shift, mean, variance } = constants
  const groups = layer.kind === 'conv' ? layer.attributes.groups : 1
  const { epsilon } = norm.attributes
  const factor = derive({ rule: 'normFactor', epsilon }, [scale, variance], part(norm, 'factor'))
  const offset = derive({ rule: 'normOffset' }, [shift, mean, factor], part(norm, 'offset'))
  const scaled = derive(
    { rule: 'scaleChannels', axis: 1, groups },
    [weight, factor],
    part(layer, 'weight'),
  )
  const moved = derive(
    { rule: 'throughWeight', groups },
    [weight, offset, ...(bias ? [bias] : [])],
    part(layer, 'bias'),
  )
  return reweighted(layer, { input: norm.inputs.input, weight: scaled, bias: moved })
}

type Constants = Readonly<
  Record<'weight' | 'scale' | 'shift' | 'mean' | 'variance', Constant> & { bias?: Constant }
>

function constantsOf(norm: Norm, layer: Weighted): Constants | undefined {
  const { scale, shift, mean, variance } = norm.inputs
  const { weight, bias } = layer.inputs
  const all = { weight, scale, shift, mean, variance, ...(bias && { bias }) }
  return Object.values(all).every(isConstant) ? (all as Constants) : undefined
}
