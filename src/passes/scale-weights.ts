import {
  type Derivation,
  isConstant,
  type NodeOf,
  type Value,
  type Weighted,
} from '../compiler/node.js'
import { Refusal } from '../compiler/rewrite.js'
import { perChannel } from './channelwise.js'
import type { Pieces } from './pieces.js'
import { part, type Readers, reweighted } from './reweighted.js'

/**
 * A product with one constant number for each channel goes into the weights behind it, on their input channels i:
 *
 *     W∗(factor·x) + b  =  (factor[i]·W)∗x + b
 *
 * of a convolution (any groups, padded too: what is 0 stays 0; transposed too) or a linear layer. Refused where the
 * product is read elsewhere too: it would be computed all the same.
 */
export function scaledWeights(
  layer: Weighted,
  product: NodeOf<'multiply'>,
  readers: Readers,
  made: Pieces,
): Value | Refusal | undefined {
  const scaled = perChannel(product)
  if (!scaled) return undefined
  const { path } = layer.origin
  const { weight } = layer.inputs
  if (!isConstant(weight))
    return new Refusal(`the weight of ${path} after it is computed from the input`, product)
  if (readers(product) > 1)
    return new Refusal(`it is read ${readers(product)} times, not by ${path} alone`, product)
  const from = [weight, made.vector(scaled.constant, product.origin)]
  const derived = made.derive(derivationOf(layer), from, part(layer, 'weight'))
  return reweighted(layer, { ...layer.inputs, input: scaled.x, weight: derived })
}

/** Input channels are on the first axis of a transposed convolution's weight, on the second of others'. */
function derivationOf(layer: Weighted): Derivation {
  if (layer.kind === 'convTranspose') return { rule: 'scaleChannels', axis: 0, groups: 1 }
  const groups = layer.kind === 'conv' ? layer.attributes.groups : 1
  return { rule: 'scaleChannels', axis: 1, groups }
}
