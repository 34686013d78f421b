import { make } from '../compiler/make.js'
import type { Origin, Value } from '../compiler/node.js'

/** What words of matrices are made of, over values. */

/** Two axes changed for one another. */
export function turned(input: Value, first: number, second: number, origin: Origin): Value {
  const order = input.type.shape.map((_, axis) =>
    axis === first ? second : axis === second ? first : axis,
  )
  return make('transpose', { input }, { order }, origin)
}

/** Matrices of the last two axes, multiplied. */
export function product(left: Value, right: Value, origin: Origin): Value {
  return make('matmul', { left, right }, {}, origin)
}

/** Every element by the same number. */
export function scaled(left: Value, by: number, origin: Origin): Value {
  const derivation = { rule: 'literal', element: 'float32', shape: [], numbers: [by] } as const
  const right = make('derived', { from: [] }, { derivation }, origin)
  return make('multiply', { left, right }, {}, origin)
}
