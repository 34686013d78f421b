import type { ConventionName } from './analysis/conventions.js'
import { type Count, countGraph } from './analysis/count.js'
import { type ConventionFigure, conventionNames, countUnder } from './analysis/count-under.js'
import { quantitiesOf } from './analysis/quantities.js'
import { type CompileOptions, sizeFor } from './compile.js'
import { functionCalls } from './compiler/calls.js'
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

/**
 * A network's figures as tools count them that count operations (all of them, or those that are named): of the network
 * as its authors' PyTorch code calls it, before any pass.
 * @throws {InputError} and {NetworkError} as `count`.
 */
export function countByConventions(
  model: Model,
  { size }: Pick<CompileOptions, 'size'> = {},
  names: readonly ConventionName[] = conventionNames,
): readonly ConventionFigure[] {
  const graph = specialise(model.graph, sizeFor(model, size))
  const measure = quantitiesOf(graph, { ...functionCalls, ...model.calls })
  return names.map((name) => countUnder(measure, name))
}
