import type { Costs } from '../compiler/costs.js'
import { type Graph, nodesOf, readersOf } from '../compiler/graph.js'
import { computed, make } from '../compiler/make.js'
import { isConstant, type Node, type NodeOf, type Value } from '../compiler/node.js'
import { type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { dearer } from './cheapest.js'
import { part } from './reweighted.js'

/**
 * A convolution whose channels are split is one for each part, of its slice of the weights:
 *
 *     split(W∗x + b)[i]  =  W[i]∗x + b[i]
 *
 * What no part is read of is not computed any more. `mergeSiblings` is the reverse. Refused: where the whole is read
 * too; several groups; a split along another axis than that of channels; weights that are computed from the input; where
 * the costs say that it does not pay.
 */
export function splitSiblings(costs: Costs): Pass {
  return {
    name: 'split-siblings',
    equation: 'split(W∗x + b)[i] = W[i]∗x + b[i]',
    changes: 'nothing',
    run: (graph) => run(graph, costs),
  }
}

type Split = NodeOf<'split'>
type Result = NodeOf<'result'>

function run(graph: Graph, costs: Costs): Rewriting {
  const refusals = new Map<Node, Refusal | undefined>()
  const counts = readersOf(graph)
  for (const [split, results] of resultsOf(graph)) {
    const conv = convIn(split)
    if (conv)
      refusals.set(
        split,
        refused(split, conv, counts.get(conv) as number) ??
          dearer(results, results.map(slice), costs),
      )
  }
  return rewrite(graph, (node, { old }) => {
    if (node.kind === 'split') return refusals.get(old)
    if (node.kind !== 'result' || old.kind !== 'result') return undefined
    const { of } = old.inputs
    return refusals.has(of) && !refusals.get(of) ? slice(node) : undefined
  })
}

/** What is read of each split of a graph. */
function resultsOf(graph: Graph): ReadonlyMap<Split, readonly Result[]> {
  const results = new Map<Split, readonly Result[]>()
  for (const node of nodesOf(graph))
    if (node.kind === 'result' && node.inputs.of.kind === 'split')
      results.set(node.inputs.of, [...(results.get(node.inputs.of) ?? []), node])
  return results
}

function convIn({ inputs: { input } }: Split): NodeOf<'conv'> | undefined {
  return input.kind === 'conv' ? input : undefined
}

function refused(split: Split, conv: NodeOf<'conv'>, readers: number): Refusal | undefined {
  const { path } = conv.origin
  const { groups } = conv.attributes
  if (readers > 1) return new Refusal(`${path} before it is read ${readers} times`)
  if (split.attributes.axis !== 1)
    return new Refusal(`it is along axis ${split.attributes.axis}, and channels are on axis 1`)
  if (groups > 1) return new Refusal(`${path} has ${groups} groups`)
  if (!isConstant(conv.inputs.weight) || (conv.inputs.bias && !isConstant(conv.inputs.bias)))
    return new Refusal(`the weight or bias of ${path} is computed from the input`)
  return undefined
}

/** One part of a convolution that is split, by a convolution of its own. */
function slice(result: Result): Value {
  const split = result.inputs.of as Split
  const conv = convIn(split) as NodeOf<'conv'>
  const { input, weight, bias } = conv.inputs
  const cut = (constant: Value, name: string): Value => {
    const { sizes } = split.attributes
    const of = make('split', { input: constant }, { axis: 0, sizes }, conv.origin)
    return computed(make('result', { of }, result.attributes, conv.origin), part(conv, name))
  }
  const inputs = { input, weight: cut(weight, 'weight'), bias: bias && cut(bias, 'bias') }
  return make('conv', inputs, conv.attributes, result.origin)
}
