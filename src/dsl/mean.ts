import { make } from '../compiler/make.js'
import type { Value } from '../compiler/node.js'
import { describe, expectVector } from './expect.js'
import { Vector } from './feature.js'
import { scaled } from './matrices.js'
import { fail, functionOrigin } from './scope.js'

/** The mean of vectors of one width, number by number: what several heads say of the same. */
export function mean<C extends number>(first: Vector<C>, ...rest: Vector<NoInfer<C>>[]): Vector<C> {
  const trace = expectVector(first, 'mean')
  const origin = functionOrigin('mean')
  const sum = rest.reduce((left: Value, other) => {
    expectVector(other, 'mean')
    if (other.channels !== first.channels)
      fail(
        'sum-width',
        `a mean of ${describe(first)} and ${describe(other)}: widths differ`,
        "Bring one to the other's width by a linear layer.",
      )
    return make('add', { left, right: other.value }, {}, origin)
  }, first.value)
  return new Vector(scaled(sum, 1 / (1 + rest.length), origin), first.channels, trace)
}
