import type { Graph } from '../compiler/graph.js'
import { make } from '../compiler/make.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'
import { type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { equalTypes } from '../compiler/shape.js'
import { isRepetition, type Repetition, repeated, timesOf } from './repetition.js'
import type { Readers } from './reweighted.js'
import { type Sum, sumAt, sumsOf } from './sums.js'

/**
 * What is repeated and summed is summed before it is repeated, as far as factors allow:
 *
 *     nearest ×a (x) + nearest ×a·b (y)  =  nearest ×a (x + nearest ×b (y))
 *
 * for whole a and b, since a repetition takes numbers as they are, and repetitions nest. So of all that a branch is
 * given by coarser ones, one map alone is brought to its size. Refused: where one is read elsewhere too, and so is computed
 * all the same; factors of which none divides the next. Bilinear resizes have no say: they do not nest.
 */
export const sumBeforeResize: Pass = {
  name: 'sum-before-resize',
  equation: 'nearest ×a (x) + nearest ×a·b (y) = nearest ×a (x + nearest ×b (y))',
  changes: 'rounding',
  run,
}

function run(graph: Graph): Rewriting {
  const roots = new Set(sumsOf(graph).keys())
  return rewrite(graph, (node, { readers, old }) => {
    if (node.kind !== 'add' || !roots.delete(old)) return undefined
    return gathered(node, sumAt(node, readers), readers)
  })
}

function gathered(
  root: NodeOf<'add'>,
  { terms }: Sum,
  readers: Readers,
): Value | Refusal | undefined {
  const repetitions = terms
    .filter(isRepetition)
    .filter(({ type }) => equalTypes(type, root.type))
    .sort((a, b) => timesOf(a) - timesOf(b))
  if (repetitions.length < 2) return undefined
  const shared = repetitions.find((term) => readers(term) > 1)
  if (shared) return new Refusal(`${shared.origin.path} in it is read ${readers(shared)} times`)
  const odd = repetitions.find(
    (term, i) => i > 0 && timesOf(term) % timesOf(repetitions[i - 1] as Repetition) > 0,
  )
  if (odd)
    return new Refusal(
      `its terms are repeated ${repetitions.map(timesOf).join(', ')} times, and not each divides the next`,
    )
  const { origin } = root
  const sum = (left: Value, right: Value): Value => make('add', { left, right }, {}, origin)
  const coarse = repetitions.reduceRight((inner: Value | undefined, term, i) => {
    const { input } = term.inputs
    const whole = inner ? sum(input, inner) : input
    const times = timesOf(term) / (i > 0 ? timesOf(repetitions[i - 1] as Repetition) : 1)
    return times === 1 ? whole : repeated(whole, times, term)
  }, undefined) as Value
  return terms
    .filter((term) => !(repetitions as readonly Node[]).includes(term))
    .concat(coarse)
    .reduce(sum)
}
