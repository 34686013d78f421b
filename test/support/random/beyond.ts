import { make } from '../../../src/compiler/make.js'
import type { ElementType, Value } from '../../../src/compiler/node.js'
import { Feature, Tensor } from '../../../src/dsl/feature.js'
import { functionOrigin } from '../../../src/dsl/scope.js'

/** What passes meet and no layer makes by itself: casts, other orders of axes, identities. */

/** Through another element type and back: `int32` cuts off what is behind the point. */
export function castThrough(x: Feature, to: ElementType): Feature {
  const there = make('cast', { input: x.value }, { to }, functionOrigin('cast'))
  return as(x, make('cast', { input: there }, { to: 'float32' }, functionOrigin('cast')))
}

/** Channels last and back again, perhaps by way of an order that changes nothing. */
export function turned(x: Feature, twice: boolean): Feature {
  const last = transpose(x.value, [0, 2, 3, 1])
  const still = twice ? transpose(last, [0, 1, 2, 3]) : last
  return as(x, transpose(still, [0, 3, 1, 2]))
}

export function identity(x: Feature): Feature {
  return as(x, make('identity', { input: x.value }, {}, functionOrigin('identity')))
}

/** A tensor of whole numbers as one number for each image, to multiply by. */
export function factorOf(x: Tensor): Tensor {
  const input = make('cast', { input: x.value }, { to: 'float32' }, functionOrigin('cast'))
  const sides = ['same', 1, 1, 1] as const
  return new Tensor(make('reshape', { input }, { sides }, functionOrigin('reshape')), x.trace)
}

const as = (x: Feature, value: Value): Feature => new Feature(value, x.channels, x.stride, x.trace)
const transpose = (input: Value, order: readonly number[]): Value =>
  make('transpose', { input }, { order }, functionOrigin('transpose'))
