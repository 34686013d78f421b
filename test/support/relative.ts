import { compare } from '../../src/runtime/compare.js'
import type { TensorData } from '../../src/runtime/tensor.js'

/** max |Δ| / max |reference| of a value that was computed twice; NaN where the two cannot be subtracted. */
export function relative(reference: Float64Array, other: Float64Array): number {
  const tensor = (data: Float64Array): TensorData => ({ data, dims: [data.length] })
  return compare('', tensor(reference), tensor(other), 0).relative
}
