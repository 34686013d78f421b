import type { Costs } from '../compiler/costs.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import { computed, make } from '../compiler/make.js'
import { isConstant, type Node, type NodeOf, type Value } from '../compiler/node.js'
import { type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { dearer } from './cheapest.js'
import { part } from './reweighted.js'

/**
 * Convolutions of one value that differ in their weights alone are one, whose channels are split:
 *
 *     V∗x + a, W∗x  =  split([V; W]∗x + [a; 0])
 *
 * where kernels, strides, padding and dilations are equal, and there is one group. Weights are joined by their output
 * channels; biases too, of zeros where there is none. Refused: several groups, of which each would read other channels;
 * weights or biases that are computed from the input; where the costs say that it does not pay, since a split copies.
 */
export function mergeSiblings(costs: Costs): Pass {
  return {
    name: 'merge-siblings',
    equation: 'V∗x + a, W∗x = split([V; W]∗x + [a; 0])',
    changes: 'nothing',
    run: (graph) => run(graph, costs),
  }
}

type Conv = NodeOf<'conv'>

function run(graph: Graph, costs: Costs): Rewriting {
  const families = familiesOf(graph)
  const refusals = new Map<Family, Refusal | undefined>()
  for (const family of new Set(families.values()))
    refusals.set(
      family,
      refused(family) ?? dearer(family, partsOf(family, family[0].inputs.input), costs),
    )
  const merged = new Map<Family, readonly Value[]>()
  return rewrite(graph, (node, { old }) => {
    const family = families.get(old)
    if (node.kind !== 'conv' || !family) return undefined
    const refusal = refusals.get(family)
    if (refusal) return refusal
    const parts = merged.get(family) ?? partsOf(family, node.inputs.input)
    merged.set(family, parts)
    return parts[family.indexOf(old as Conv)]
  })
}

/** Convolutions of one value, two at least, that differ in their weights alone. */
type Family = readonly [Conv, Conv, ...Conv[]]

function familiesOf(graph: Graph): ReadonlyMap<Node, Family> {
  const alike = new Map<Value, Map<string, Conv[]>>()
  for (const node of nodesOf(graph)) {
    if (node.kind !== 'conv') continue
    const { input, weight } = node.inputs
    const key = JSON.stringify([node.attributes, weight.type.shape.slice(1)])
    const bySpelling = alike.get(input) ?? new Map<string, Conv[]>()
    alike.set(input, bySpelling.set(key, [...(bySpelling.get(key) ?? []), node]))
  }
  const families = [...alike.values()].flatMap((bySpelling) => [...bySpelling.values()])
  const several = families.filter((family) => family.length > 1) as unknown as readonly Family[]
  return new Map(several.flatMap((family) => family.map((node) => [node, family])))
}

function refused(family: Family): Refusal | undefined {
  const [{ attributes }] = family
  if (attributes.groups > 1)
    return new Refusal(`it has ${attributes.groups} groups, each of which reads other channels`)
  const computedOne = family.find(
    ({ inputs: { weight, bias } }) => !isConstant(weight) || (bias && !isConstant(bias)),
  )
  if (computedOne)
    return new Refusal(
      `the weight or bias of ${computedOne.origin.path} is computed from the input`,
    )
  return undefined
}

/** What takes the place of each: its channels of one convolution of all. */
function partsOf(family: Family, input: Value): readonly Value[] {
  const [first] = family
  const sizes = family.map(({ type }) => type.shape[1] as number)
  const weight = computed(
    make('concat', { parts: family.map(({ inputs }) => inputs.weight) }, { axis: 0 }, first.origin),
    part(first, 'weight'),
  )
  const conv = make('conv', { input, weight, bias: biasOf(family) }, first.attributes, first.origin)
  const of = make('split', { input: conv }, { axis: 1, sizes }, first.origin)
  return family.map(({ origin }, index) => make('result', { of }, { index }, origin))
}

function biasOf(family: Family): Value | undefined {
  const [first] = family
  if (family.every(({ inputs }) => !inputs.bias)) return undefined
  const parts = family.map(({ inputs: { bias }, type: { element, shape }, origin }): Value => {
    const length = shape[1] as number
    const numbers = new Array<number>(length).fill(0)
    return (
      bias ??
      make(
        'derived',
        { from: [] },
        { derivation: { rule: 'literal', element, shape: [length], numbers } },
        origin,
      )
    )
  })
  return computed(make('concat', { parts }, { axis: 0 }, first.origin), part(first, 'bias'))
}
