import type { Costs } from '../compiler/costs.js'
import { equalShapes, printDimension } from '../compiler/dimension.js'
import { make } from '../compiler/make.js'
import { type Constant, isConstant, type Node, type NodeOf, type Value } from '../compiler/node.js'
import { type Pass, Refusal, rewrite } from '../compiler/rewrite.js'
import { ifCheaper, leanest } from './cheapest.js'
import { type Pieces, pieces } from './pieces.js'
import { notDense } from './pointwise.js'
import { part, type Readers } from './reweighted.js'

/**
 * A 1×1 convolution (stride 1, no padding, no groups) over a concat of which parts are resized is computed on each
 * part before it is resized:
 *
 *     conv1×1(concat(up(x₁), …, up(xₙ)))  =  Σ up(conv1×1ᵢ(xᵢ))
 *
 * where conv1×1ᵢ has the columns of the weight that read xᵢ. A 1×1 convolution mixes channels and a resize mixes
 * positions, so they commute; the bias, which each position has whole, goes on one term, since the weights of a resize
 * sum to one. Any resize: nearest or bilinear, aligned or not, up or down. Concats within the concat are looked
 * through. Parts that are resized alike stay one convolution of their concat, and so do those that are not resized, or
 * whose resize costs less where it is. That one comes last, with the bias, as runtimes fuse a sum into the
 * convolution behind it (and the activation behind both).
 *
 * Refused: where that does not cost less; where the concat is read elsewhere too; kernels, strides, padding and
 * groups; a weight that is computed from the input. A resize that is read elsewhere too is a part like any other.
 */
export function splitHead(costs: Costs): Pass {
  return {
    name: 'split-head',
    equation: 'conv1×1(concat(up(x₁), …, up(xₙ))) = Σ up(conv1×1ᵢ(xᵢ))',
    changes: 'rounding',
    run(graph) {
      const made = pieces()
      return rewrite(graph, (node, { readers }) =>
        node.kind === 'conv' ? split(node, readers, made, costs) : undefined,
      )
    },
  }
}

/** Parts of a concat that are resized alike, by their places. */
interface Group {
  readonly resize: NodeOf<'resize'>
  readonly at: readonly number[]
}

function split(
  conv: NodeOf<'conv'>,
  readers: Readers,
  made: Pieces,
  costs: Costs,
): Value | Refusal | undefined {
  const { input, weight, bias } = conv.inputs
  if (input.kind !== 'concat' || input.attributes.axis !== 1) return undefined
  const parts = partsOf(input, readers)
  const groups = groupsOf(parts, readers)
  if (groups.length === 0) return undefined
  const shape = notDense(conv)
  if (shape) return new Refusal(shape)
  if (!isConstant(weight)) return new Refusal('its weight is computed from the input')
  if (readers(input) > 1)
    return new Refusal(
      `the concat before it is read ${readers(input)} times: it would be computed all the same`,
    )
  const sizes = parts.map(({ type }) => type.shape[1] as number)
  const columns = made.cut(weight, 1, sizes, part(conv, 'weight'))
  /** The convolution of some parts, each as `read` has it. */
  const over = (at: readonly number[], read: (part: Value) => Value, bias?: Value): Value => {
    const own = at.map((i) => columns[i] as Constant)
    const [first, ...more] = at.map((i) => read(parts[i] as Value)) as [Value, ...Value[]]
    const whole =
      more.length === 0
        ? first
        : make('concat', { parts: [first, ...more] }, { axis: 1 }, input.origin)
    const inputs = { input: whole, weight: made.join(own, 1, part(conv, 'weight')), bias }
    return make('conv', inputs, conv.attributes, conv.origin)
  }
  const form = (moved: readonly Group[]): Value => {
    if (moved.length === 0) return conv
    const rest = [...parts.keys()].filter((i) => !moved.some(({ at }) => at.includes(i)))
    const terms = moved.map(({ resize, at }, n) => {
      const last = rest.length === 0 && n === moved.length - 1
      const small = over(at, unresized, last ? bias : undefined)
      return make('resize', { ...resize.inputs, input: small }, resize.attributes, resize.origin)
    })
    return sumOf(rest.length > 0 ? [...terms, over(rest, (each) => each, bias)] : terms, conv)
  }
  const best = leanest(groups, form, costs)
  return ifCheaper(conv, best === conv ? form(groups) : best, costs)
}

function unresized(part: Value): Value {
  return part.kind === 'resize' ? part.inputs.input : part
}

/** What a concat puts together, concats that it alone reads looked through. */
export function partsOf(concat: NodeOf<'concat'>, readers: Readers): readonly Value[] {
  const parts: Value[] = []
  const stack: Value[] = [...concat.inputs.parts].reverse()
  for (let each = stack.pop(); each; each = stack.pop()) {
    if (each.kind === 'concat' && each.attributes.axis === 1 && readers(each) <= 1)
      stack.push(...[...each.inputs.parts].reverse())
    else parts.push(each)
  }
  return parts
}

function groupsOf(parts: readonly Value[], readers: Readers): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const [i, each] of parts.entries()) {
    if (each.kind !== 'resize' || readers(each) > 1) continue
    const from = each.inputs.input.type.shape
    if (equalShapes(from, each.type.shape)) continue
    const { mode, alignCorners } = each.attributes
    const key = [mode, alignCorners, ...from.slice(2).map(printDimension)].join()
    const known = groups.get(key)
    groups.set(key, { resize: known?.resize ?? each, at: [...(known?.at ?? []), i] })
  }
  return [...groups.values()]
}

/** A sum, from left to right, that stands for a node. */
export function sumOf(terms: readonly Value[], { origin }: Node): Value {
  return terms.reduce((left, right) => make('add', { left, right }, {}, origin))
}
