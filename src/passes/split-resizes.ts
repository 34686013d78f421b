import type { Costs } from '../compiler/costs.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import type { Node } from '../compiler/node.js'
import { type Pass, type Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { dearer } from './cheapest.js'
import { isRepetition, type Repetition, repeated, timesOf } from './repetition.js'

/**
 * Where a value is repeated by several factors, a larger repetition goes on from a smaller:
 *
 *     nearest ×a·b (x), u  =  nearest ×a (u), u    with u = nearest ×b (x)
 *
 * for whole a and b, since floors nest (`mergeResizes` is the reverse). It goes on from the one from which it costs
 * least, and is refused where that is no less than it costs from x. Bilinear resizes have no say (up4 is not up2 of
 * up2), nor have resizes to the size of another, which wait for that.
 */
export function splitResizes(costs: Costs): Pass {
  return {
    name: 'split-resizes',
    equation: 'nearest ×a·b (x), u = nearest ×a (u), u with u = nearest ×b (x)',
    changes: 'nothing',
    run: (graph) => run(graph, costs),
  }
}

function run(graph: Graph, costs: Costs): Rewriting {
  const families = familiesOf(graph)
  const became = new Map<Node, Repetition>()
  const rule = (node: Node, { old }: { readonly old: Node }): Node | Refusal | undefined => {
    if (!isMember(node) || !isMember(old) || became.has(old)) return undefined
    const [best] = (families.get(old.inputs.input) ?? [])
      .filter((each) => timesOf(old) > timesOf(each) && timesOf(old) % timesOf(each) === 0)
      .map((each) => repeated(became.get(each) as Repetition, timesOf(old) / timesOf(each), node))
      .sort((a, b) => costs.of(a) - costs.of(b))
    const smaller = best && [best.inputs.input]
    const refusal = smaller && dearer([node, ...smaller], [best, ...smaller], costs)
    const answer = best && !refusal ? best : node
    became.set(old, answer)
    return refusal ?? answer
  }
  // Smaller ones come first, for larger ones to go on from: they wait for nothing but the value.
  const order = nodesOf(graph).flatMap((node) =>
    isMember(node) ? [] : [node, ...(families.get(node) ?? [])],
  )
  const rewriting = rewrite({ ...graph, order }, rule)
  return rewriting.firings.length > 0 ? rewriting : { ...rewriting, graph }
}

/** The resizes of each value that are by whole factors, smaller ones first. */
function familiesOf(graph: Graph): ReadonlyMap<Node, readonly Repetition[]> {
  const families = new Map<Node, readonly Repetition[]>()
  for (const node of nodesOf(graph).filter(isMember)) {
    const { input } = node.inputs
    const family = [...(families.get(input) ?? []), node]
    families.set(
      input,
      family.sort((a, b) => timesOf(a) - timesOf(b)),
    )
  }
  return families
}

/** What goes on from another repetition already is done. */
function isMember(node: Node): node is Repetition {
  return isRepetition(node) && node.inputs.input.kind !== 'resize'
}
