import { elementCount } from '../compiler/dimension.js'
import { computed, make } from '../compiler/make.js'
import {
  type Constant,
  type Derivation,
  isConstant,
  type Node,
  type NodeOf,
  type Value,
  type Weighted,
} from '../compiler/node.js'
import { Refusal } from '../compiler/rewrite.js'
import { equalTypes } from '../compiler/shape.js'
import { type Derive, part, type Readers, reweighted } from './reweighted.js'

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
  derive: Derive,
): Value | Refusal | undefined {
  const scaled = scaledBy(product)
  if (!scaled) return undefined
  const { path } = layer.origin
  const { weight } = layer.inputs
  if (!isConstant(weight))
    return new Refusal(`the weight of ${path} after it is computed from the input`, product)
  if (readers(product) > 1)
    return new Refusal(`it is read ${readers(product)} times, not by ${path} alone`, product)
  const from = [weight, vector(scaled.factor, product)]
  const derived = derive(derivationOf(layer), from, part(layer, 'weight'))
  return reweighted(layer, { ...layer.inputs, input: scaled.x, weight: derived })
}

/** Input channels are on the first axis of a transposed convolution's weight, on the second of others'. */
function derivationOf(layer: Weighted): Derivation {
  if (layer.kind === 'convTranspose') return { rule: 'scaleChannels', axis: 0, groups: 1 }
  const groups = layer.kind === 'conv' ? layer.attributes.groups : 1
  return { rule: 'scaleChannels', axis: 1, groups }
}

/** What a product with one constant number for each channel scales, and by what. */
function scaledBy(product: NodeOf<'multiply'>): { x: Value; factor: Constant } | undefined {
  const { left, right } = product.inputs
  for (const [x, factor] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!isConstant(factor) || !equalTypes(x.type, product.type)) continue
    const channels = product.type.shape[1]
    const axis = product.type.shape.length - factor.type.shape.length
    // Its one side that is not 1 is that of the channels.
    if (factor.type.shape[1 - axis] === channels && elementCount(factor.type.shape) === channels)
      return { x, factor }
  }
  return undefined
}

/** The numbers of a factor as they are, one after the other. */
function vector(factor: Constant, { origin }: Node): Constant {
  const { shape } = factor.type
  if (shape.length === 1) return factor
  const sides = [elementCount(shape) as number]
  return computed(make('reshape', { input: factor }, { sides }, origin), origin)
}
