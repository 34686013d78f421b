import { type Count, countGraph } from './analysis/count.js'
import { type CompileOptions, sizeFor } from './compile.js'
import { specialise } from './compiler/specialise.js'
import type { Model } from './dsl/model.js'

/**
 * Counts a network as written: parameters, multiply-accumulates, activations, bytes, by stage, branch and layer.
 * @throws {InputError} where the size is none or leaves a side open, or a figure is past 2^53 and would not be exact.
 * @throws {NetworkError} `input-size` where some level of the network does not fit it.
 */
export function count(model: Model, { size }: Pick<CompileOptions, 'size'> = {}): Count {
  return countGraph(specialise(model.graph, sizeFor(model, size)))
}
