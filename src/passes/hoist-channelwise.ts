import { elementCount } from '../compiler/dimension.js'
import { make, withOperands } from '../compiler/make.js'
import { type Constant, isConstant, isWeighted, type NodeOf, type Value } from '../compiler/node.js'
import { type Pass, Refusal, rewrite } from '../compiler/rewrite.js'
import { type Channelwise, channelwise } from './channelwise.js'
import { type Pieces, pieces } from './pieces.js'
import { countsZeros } from './pointwise.js'
import { part, type Readers } from './reweighted.js'

/**
 * A batch norm, a sum or a product with one constant for each channel moves towards the input, through what mixes
 * positions or puts channels together:
 *
 *     f(resize(x))        =  resize(f(x)),       f(x) = factor·x + offset
 *     f(average(x))       =  average(f(x))       where no zeros are counted; where they are, a product only
 *     max(x) + offset     =  max(x + offset)     the offset only: a maximum turns with the sign of a factor
 *     f(concat(x₁, …))    =  concat(f₁(x₁), …)   along channels, fᵢ with its part of the constants
 *
 * since the weights of a resize and of an average sum to one, and a maximum is monotone. It moves where it then touches
 * fewer elements, and none where it lies behind a layer that takes it in: `fold-batch-norm` a norm, through norms alone,
 * and then `fold-channelwise` a sum or product, through others.
 *
 * Refused: where it would touch no fewer; where what it passes is read elsewhere too; through padding that an average
 * counts, for what has an offset; through a maximum, for what has a factor, whose sign no pass knows.
 */
export const hoistChannelwise: Pass = {
  name: 'hoist-channelwise',
  equation: [
    'f(resize(x)) = resize(f(x)), f(x) = factor·x + offset',
    'f(average(x)) = average(f(x))',
    'max(x) + offset = max(x + offset)',
    'f(concat(x₁, …, xₙ)) = concat(f₁(x₁), …, fₙ(xₙ))',
  ].join('\n'),
  changes: 'rounding',
  run(graph) {
    const made = pieces()
    return rewrite(graph, (node, { readers }) => {
      const f = channelwise(node)
      return f && hoisted(f, readers, made)
    })
  },
}

type Passed = NodeOf<'resize'> | NodeOf<'pool'> | NodeOf<'globalPool'> | NodeOf<'concat'>

/** A value behind f, and how many elements f touches on the way. */
interface Placed {
  readonly value: Value
  readonly touched: number
}

function hoisted(f: Channelwise, readers: Readers, made: Pieces): Value | Refusal | undefined {
  const { input } = f
  if (!isPassed(input)) return undefined
  const kept = keptBehind(f, input, readers)
  if (kept) return new Refusal(kept)
  const here = elements(input)
  const { value, touched } = through(f, input, readers, made)
  if (touched < here) return value
  const { path } = input.origin
  if (here === Number.POSITIVE_INFINITY)
    return new Refusal(`whether it would touch fewer elements before ${path} is open, as sides are`)
  return new Refusal(
    `it touches ${here} elements behind ${path}, and would touch ${touched} before`,
  )
}

/** f where it touches fewest elements: over a value, or somewhere before it. */
function placed(f: Channelwise, x: Value, readers: Readers, made: Pieces): Placed {
  const touched = takenIn(f, x, readers) ? 0 : elements(x)
  const earlier =
    isPassed(x) && !keptBehind(f, x, readers) ? through(f, x, readers, made) : undefined
  return earlier && earlier.touched < touched ? earlier : { value: f.over(x), touched }
}

/** f before what it is behind. */
function through(f: Channelwise, x: Passed, readers: Readers, made: Pieces): Placed {
  if (x.kind !== 'concat') {
    const { value, touched } = placed(f, x.inputs.input, readers, made)
    const { input } = x.inputs
    return { value: withOperands(x, (node) => (node === input ? value : node)), touched }
  }
  const { axis } = x.attributes
  const sizes = x.inputs.parts.map(({ type }) => type.shape[1] as number)
  const parts = x.inputs.parts.map((each, i) => {
    const own: Channelwise = {
      ...f,
      over: (value, constants = (same) => same) =>
        f.over(value, (whole, along) => {
          const own = axis === 1 ? made.cut(whole, along, sizes, part(f.node, 'part'))[i] : whole
          return constants(own as Constant, along)
        }),
    }
    return placed(own, each, readers, made)
  })
  return {
    value: make('concat', { parts: parts.map(({ value }) => value) }, { axis }, x.origin),
    touched: parts.reduce((sum, { touched }) => sum + touched, 0),
  }
}

function isPassed(x: Value): x is Passed {
  return x.kind === 'resize' || x.kind === 'pool' || x.kind === 'globalPool' || x.kind === 'concat'
}

/** Why f has to stay behind a value, if it has to. */
function keptBehind(
  { factor, offset }: Channelwise,
  x: Passed,
  readers: Readers,
): string | undefined {
  const { path } = x.origin
  if (readers(x) > 1) return `${path} before it is read ${readers(x)} times, not by it alone`
  if (x.kind !== 'pool' && x.kind !== 'globalPool') return undefined
  if (x.attributes.operator === 'max')
    return factor
      ? `${path} before it takes maxima, which turn with a factor below zero`
      : undefined
  return offset && countsZeros(x)
    ? `${path} before it counts the zeros of its padding, which have no offset`
    : undefined
}

/**
 * Whether a layer takes f in behind a value, and before it whatever stands between the two. Norms are taken in before
 * sums and products are, so none is behind one of these.
 */
function takenIn(f: Channelwise, x: Value, readers: Readers): boolean {
  let [behind, at] = [f, x]
  while (readers(at) <= 1) {
    if (isWeighted(at)) {
      const { weight, bias } = at.inputs
      return isConstant(weight) && (!bias || isConstant(bias))
    }
    const before = channelwise(at)
    if (!before || (behind.node.kind === 'batchNorm' && before.node.kind !== 'batchNorm'))
      return false
    behind = before
    at = before.input
  }
  return false
}

/** Without bound where a side is open. */
function elements({ type }: Value): number {
  return elementCount(type.shape) ?? Number.POSITIVE_INFINITY
}
