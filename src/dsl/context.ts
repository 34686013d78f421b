import { make } from '../compiler/make.js'
import type { Origin, Value } from '../compiler/node.js'
import { expectFeature } from './expect.js'
import { Feature } from './feature.js'
import { expectKeys } from './keys.js'
import { product, scaled, turned } from './matrices.js'
import { functionOrigin } from './scope.js'
import type { Stride } from './stride.js'

/**
 * The mean of a feature over soft regions (Yuan et al. 2020, OCR), each position weighted by the softmax over all of them
 * of the region's score there. [batch, C, H, W] by scores of [batch, K, H, W] → [batch, C, K, 1]: a column of regions.
 */
export function spatialGather<C extends number, S extends Stride>(
  x: Feature<C, S>,
  scores: Feature<number, NoInfer<S>>,
): Feature<C, 0> {
  const trace = expectFeature(x, 'spatialGather')
  expectFeature(scores, 'spatialGather')
  const origin = functionOrigin('spatialGather')
  const weights = make('softmax', { input: flat(scores, origin) }, { axis: 2 }, origin)
  const means = product(flat(x, origin), turned(weights, 1, 2, origin), origin)
  const sides = ['same', 'same', scores.channels, 1] as const
  return new Feature(make('reshape', { input: means }, { sides }, origin), x.channels, 0, trace)
}

/**
 * What each position of `query` finds in another feature: the mean of its `value`s, weighted by the softmax over its
 * positions of q·k / √D, where q and k are the D channels of `query` here and of `key` there (Vaswani et al. 2017).
 */
export function crossAttention<D extends number, C extends number, S extends Stride>(
  query: Feature<D, S>,
  key: Feature<NoInfer<D>>,
  value: Feature<C>,
): Feature<C, S> {
  const trace = expectFeature(query, 'crossAttention')
  expectFeature(key, 'crossAttention')
  expectFeature(value, 'crossAttention')
  expectKeys(query, key, value, 'a cross-attention')
  const origin = functionOrigin('crossAttention')
  const products = product(turned(flat(key, origin), 1, 2, origin), flat(query, origin), origin)
  const input = scaled(products, query.channels ** -0.5, origin)
  const weights = make('softmax', { input }, { axis: 1 }, origin)
  const found = product(flat(value, origin), weights, origin)
  const map = make(
    'reshape',
    { input: found, like: query.value },
    { sides: ['same', 'same', 'like', 'like'] },
    origin,
  )
  return new Feature(map, value.channels, query.stride, trace)
}

/** [batch, C, H, W] → [batch, C, H·W] */
function flat(x: Feature, origin: Origin): Value {
  return make('reshape', { input: x.value }, { sides: ['same', 'same', 'rest'] }, origin)
}
