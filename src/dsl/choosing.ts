import { make } from '../compiler/make.js'
import type { Kinds, Origin, Value } from '../compiler/node.js'

/** The words of boxes are made of these, over values. */
export interface Choosing {
  /** The largest of all elements, and where they stand. */
  best(input: Value, most: number): { readonly values: Value; readonly places: Value }
  /** Rows along the last axis, at places counted over all others. */
  rows(input: Value, places: Value): Value
  reshape(input: Value, ...sides: Kinds['reshape']['attributes']['sides']): Value
  transpose(input: Value, ...order: readonly number[]): Value
  sigmoid(input: Value): Value
  multiply(left: Value, right: Value): Value
  /** One after the other along the first axis. */
  joined(parts: readonly Value[]): Value
  /** Which are kept, 1 or 0: boxes [sets, N, 4] by scores [sets, classes, N]. */
  kept(
    inputs: Kinds['nonMaxSuppression']['inputs'],
    attributes: Kinds['nonMaxSuppression']['attributes'],
  ): Value
}

/** The same, all at one place of the network. */
export function choosingAt(origin: Origin): Choosing {
  return {
    best: (input, most) => {
      const of = make('topK', { input }, { most }, origin)
      const [values, places] = [0, 1].map((index) => make('result', { of }, { index }, origin))
      return { values: values as Value, places: places as Value }
    },
    rows: (input, places) => make('gather', { input, places }, { each: false }, origin),
    reshape: (input, ...sides) => make('reshape', { input }, { sides }, origin),
    transpose: (input, ...order) => make('transpose', { input }, { order }, origin),
    sigmoid: (input) => make('activation', { input }, { function: { name: 'sigmoid' } }, origin),
    multiply: (left, right) => make('multiply', { left, right }, {}, origin),
    joined: (parts) => make('concat', { parts }, { axis: 0 }, origin),
    kept: (inputs, attributes) => make('nonMaxSuppression', inputs, attributes, origin),
  }
}
