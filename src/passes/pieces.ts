import { elementCount } from '../compiler/dimension.js'
import { interner } from '../compiler/intern.js'
import { computed, make } from '../compiler/make.js'
import type { Constant, Origin, Value } from '../compiler/node.js'
import type { Derive } from './reweighted.js'

/** Constants made of others; the same one for the same operands. */
export interface Pieces {
  /** A constant cut along an axis. */
  cut(constant: Constant, axis: number, sizes: readonly number[], origin: Origin): Constant[]
  /** Constants one after the other along an axis. */
  join(parts: readonly Constant[], axis: number, origin: Origin): Constant
  /** The numbers of a constant as they are, one after the other. */
  vector(constant: Constant, origin: Origin): Constant
  derive: Derive
  /** What an expression over constants comes to. */
  compute(expression: Value, origin: Origin): Constant
}

/** For one run of a pass: layers that share a weight share what is made of it. */
export function pieces(): Pieces {
  const first = interner()
  const compute = (expression: Value, origin: Origin): Constant =>
    first(computed(expression, origin))
  return {
    compute,
    derive: (derivation, from, origin) => first(make('derived', { from }, { derivation }, origin)),
    cut(constant, axis, sizes, origin) {
      if (sizes.length === 1) return [constant]
      const of = make('split', { input: constant }, { axis, sizes }, origin)
      return sizes.map((_, index) => compute(make('result', { of }, { index }, origin), origin))
    },
    join(parts, axis, origin) {
      const [only, ...more] = parts
      if (only && more.length === 0) return only
      return compute(make('concat', { parts }, { axis }, origin), origin)
    },
    vector(constant, origin) {
      const { shape } = constant.type
      if (shape.length === 1) return constant
      const sides = [elementCount(shape) as number]
      return compute(make('reshape', { input: constant }, { sides }, origin), origin)
    },
  }
}
