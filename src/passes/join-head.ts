import type { Costs } from '../compiler/costs.js'
import { make } from '../compiler/make.js'
import { type Constant, isConstant, type NodeOf, type Value } from '../compiler/node.js'
import { type Pass, type Refusal, rewrite } from '../compiler/rewrite.js'
import { equalTypes } from '../compiler/shape.js'
import { ifCheaper, leanest, quietAboutOwn } from './cheapest.js'
import { type Pieces, pieces } from './pieces.js'
import { notDense } from './pointwise.js'
import { part, type Readers } from './reweighted.js'
import { partsOf, sumOf } from './split-head.js'
import { sumAt } from './sums.js'

/**
 * Terms of a sum that are 1×1 convolutions (stride 1, no padding, no groups), resized or not, are one convolution of
 * all that they read; split-head the other way round:
 *
 *     Σ up(conv1×1ᵢ(xᵢ))  =  conv1×1(concat(up(x₁), …, up(xₙ)))
 *
 * Its weight has theirs side by side, its bias is the sum of theirs. It pays where what is resized becomes smaller, or
 * where sums cost more than a concat. Of the terms those are taken with which it costs least; the others stay, and the
 * convolution is added last.
 *
 * Refused: where that does not cost less. Convolutions or resizes that are read elsewhere too, of other kernels, or with
 * weights that are computed from the input, are terms like any other.
 */
export function joinHead(costs: Costs): Pass {
  return {
    name: 'join-head',
    equation: 'Σ up(conv1×1ᵢ(xᵢ)) = conv1×1(concat(up(x₁), …, up(xₙ)))',
    changes: 'rounding',
    run(graph) {
      const made = pieces()
      return rewrite(
        graph,
        quietAboutOwn((node, { readers }) =>
          node.kind === 'add' ? joined(node, readers, made, costs) : undefined,
        ),
      )
    },
  }
}

/** A 1×1 convolution that is a term of a sum, resized or not. */
interface Term {
  readonly conv: NodeOf<'conv'>
  readonly weight: Constant
  readonly bias: Constant | undefined
  readonly resize: NodeOf<'resize'> | undefined
}

function joined(
  sum: NodeOf<'add'>,
  readers: Readers,
  made: Pieces,
  costs: Costs,
): Value | Refusal | undefined {
  const terms = sumAt(sum, readers).terms.map((value) => ({
    value,
    term: termOf(value, sum, readers),
  }))
  const all = terms.map(({ term }) => term).filter((term) => term !== undefined)
  if (all.length < 2) return undefined
  const form = (chosen: readonly Term[]): Value => {
    if (chosen.length < 2) return sum
    const rest = terms.filter(({ term }) => !term || !chosen.includes(term))
    return sumOf([...rest.map(({ value }) => value), joint(chosen, readers, made)], sum)
  }
  const best = leanest(all, form, costs)
  return ifCheaper(sum, best === sum ? form(all) : best, costs)
}

/** One convolution in place of several. */
function joint(terms: readonly Term[], readers: Readers, made: Pieces): Value {
  const [{ conv }] = terms as readonly [Term, ...Term[]]
  const parts = terms.flatMap(({ conv: { inputs }, resize }): readonly Value[] => {
    const { input } = inputs
    if (resize)
      return [make('resize', { ...resize.inputs, input }, resize.attributes, resize.origin)]
    const known = input.kind === 'concat' && input.attributes.axis === 1 && readers(input) <= 1
    return known ? partsOf(input, readers) : [input]
  })
  const biases = terms.map(({ bias }) => bias).filter((bias) => bias !== undefined)
  const bias = biases.reduce((left: Constant | undefined, right) => {
    if (!left) return right
    return made.compute(make('add', { left, right }, {}, conv.origin), part(conv, 'bias'))
  }, undefined)
  const weights = terms.map(({ weight }) => weight)
  const weight = made.join(weights, 1, part(conv, 'weight'))
  const input = make('concat', { parts }, { axis: 1 }, part(conv, 'concat'))
  return make('conv', { input, weight, bias }, conv.attributes, conv.origin)
}

function termOf(value: Value, sum: Value, readers: Readers): Term | undefined {
  if (!equalTypes(value.type, sum.type) || readers(value) > 1) return undefined
  const resize = value.kind === 'resize' ? value : undefined
  const conv = resize ? resize.inputs.input : value
  if (conv.kind !== 'conv' || notDense(conv) || readers(conv) > 1) return undefined
  const { weight, bias } = conv.inputs
  if (!isConstant(weight) || (bias && !isConstant(bias))) return undefined
  return { conv, weight, bias, resize }
}
