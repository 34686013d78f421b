import type { Test } from 'tap'
import { elementCount } from '../../src/compiler/dimension.js'
import type { Graph } from '../../src/compiler/graph.js'
import { interpret } from '../../src/compiler/interpret.js'
import type { NodeOf, TensorType, Value } from '../../src/compiler/node.js'
import { print } from '../../src/compiler/print.js'
import type { Pass, Rewriting } from '../../src/compiler/rewrite.js'
import { specialise } from '../../src/compiler/specialise.js'
import { validate } from '../../src/compiler/validate.js'
import { type Feature, image, type Model, model, type Outputs } from '../../src/index.js'
import { between, drawn } from '../../src/weights/seeded/draw.js'
import { relative } from './relative.js'

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
  const feeds = new Map(
    graph.inputs.map(({ attributes: { name }, type }) => [name, numbers(name, type)]),
  )
  const [old, now] = [graph, after].map((each) => interpret(each, feeds, values))
  const pairs: (readonly [Value, Value])[] = [
    ...equals,
    ...graph.outputs.map(({ value }, i) => [value, after.outputs[i]?.value ?? value] as const),
  ]
  return Math.max(
    ...pairs.map(([a, b]) => relative(old?.get(a) as Float64Array, now?.get(b) as Float64Array)),
  )
}

/** Values of a parameter, made from its name: variances are positive, the rest within ±1. */
function values({ attributes: { name, role }, type }: NodeOf<'parameter'>): Float64Array {
  const drawn = numbers(name, type)
  return role === 'normVariance' ? drawn.map((v) => 0.2 + Math.abs(v)) : drawn
}

function numbers(name: string, { shape }: TensorType): Float64Array {
  return Float64Array.from(drawn(between(-1, 1), elementCount(shape) as number, 0, name))
}
