import type { Test } from 'tap'
import type { Graph } from '../../src/compiler/graph.js'
import { print } from '../../src/compiler/print.js'
import type { Pass, Rewriting } from '../../src/compiler/rewrite.js'
import { specialise } from '../../src/compiler/specialise.js'
import { validate } from '../../src/compiler/validate.js'
import { type Feature, image, type Model, model, type Outputs } from '../../src/index.js'
import { apart, meaning } from './meaning.js'

/** A small network over four channels of 8×8. */
export function small(body: (x: Feature<4, 1>) => Outputs, batch = 1): Graph {
  return sized(model('small', image(4, { name: 'x' }), body), 8, 8, batch)
}

export function sized(network: Model, height: number, width: number, batch = 1): Graph {
  return specialise(network.graph, { batch, height, width })
}

/**
 * Runs a pass, and holds what is true of any: the graph it makes is valid and computes the same, also
 * each value that is said to survive; a second run gives the same graph object back.
 */
export function applied(t: Test, pass: Pass, graph: Graph): Rewriting & { fired: number } {
  const rewriting = pass.run(graph)
  validate(rewriting.graph)
  t.equal(pass.run(rewriting.graph).graph, rewriting.graph, `${pass.name} run again does nothing`)
  const worst = difference(graph, rewriting)
  t.ok(worst <= 1e-12, `values are the same: relative ${worst}`)
  return { ...rewriting, fired: rewriting.firings.length }
}

/** The text of a graph without its first line, for inline expectations. */
export function text(graph: Graph): string {
  return print(graph)
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^ {2}/, ''))
    .join('\n')
}

/** The largest relative difference of the outputs, and of all values said to be equal, in float64. */
export function difference(
  graph: Graph,
  { graph: after, equals }: Pick<Rewriting, 'graph' | 'equals'>,
): number {
  const valuesOf = meaning()
  return apart([graph, valuesOf(graph)], [after, valuesOf(after)], equals)
}
