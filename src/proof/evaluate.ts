import { interpretNode, type Reading } from '../compiler/interpret.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'
import { InternalError } from '../errors.js'
import { type Bound, type Bounding, boundOf } from './bound.js'
import { fed, rangeOf, type Span, spansOf, stream } from './feed.js'
import type { Region } from './region.js'

export type Values = ReadonlyMap<Node, Float64Array>

/** Draws the leaves of a region, at a scale, and computes what is above them. */
export function evaluate(region: Region, seed: number): (scale: number) => Values {
  const spans = spansOf(region)
  const leaves = [...region.leaves]
  const number = new Map(leaves.map((leaf) => [leaf, leaves.findIndex(sameAs(leaf))]))
  return (scale) => {
    const values = new Map<Node, Float64Array>()
    const draw = (leaf: Node): Float64Array => {
      const next = stream(seed, number.get(leaf) as number)
      return fed(leaf as Value, spans.get(leaf) as Span, scale, next)
    }
    const reading: Reading = { of: (node) => found(values, node), input: draw, parameter: draw }
    for (const node of region.order)
      values.set(node, region.leaves.has(node) ? draw(node) : interpretNode(node, reading))
    return values
  }
}

/** Two results of one foreign operator are the same numbers, whoever reads them. */
function sameAs(leaf: Node): (other: Node) => boolean {
  return (other) =>
    other === leaf ||
    (leaf.kind === 'result' &&
      other.kind === 'result' &&
      leaf.inputs.of === other.inputs.of &&
      leaf.attributes.index === other.attributes.index)
}

/** How far each value of a region may be from its exact one: float64 rounds all of them, whatever they are of. */
export function boundsIn(
  region: Region,
  values: Values,
  narrowing: Bounding['narrowing'],
): ReadonlyMap<Node, Bound> {
  const bounds = new Map<Node, Bound>()
  const around: Bounding = {
    unit: 2 ** -53,
    narrowing,
    of: (node) => found(values, node),
    boundOf: (node) => bounds.get(node),
    isConstant: (node) => region.constants.has(node),
  }
  for (const node of region.order)
    bounds.set(node, region.leaves.has(node) ? undefined : boundOf(node, around))
  return bounds
}

function found(values: Values, node: Node): Float64Array {
  const value = values.get(node)
  if (!value) throw new InternalError(`${node.kind} ${node.origin.path} is proved before its turn`)
  return value
}

/**
 * The scales at which numbers are fed: those where sums, shifts and clamps each count. Where something that is computed
 * is brought to fewer bits, those of them that leave it within their range; where it is to 8 bits, or none of them
 * does, the one at which the range is filled, and a quarter of it.
 */
export function scalesOf(region: Region, at: (scale: number) => Values): readonly number[] {
  const { order, leaves, constants } = region
  const narrowed = order.filter(isNarrowing).filter((node) => {
    const { input } = node.inputs
    return (
      ![node, input].some((each) => leaves.has(each)) &&
      !(node.kind === 'quantize' && constants.has(input))
    )
  })
  const scales = [1, 1e-3, 1e3]
  if (narrowed.length === 0) return scales
  const reached = (scale: number): number => {
    const values = at(scale)
    return Math.max(...narrowed.map((node) => reach(node, found(values, node.inputs.input))))
  }
  const within = narrowed.some(({ kind }) => kind === 'quantize')
    ? []
    : scales.filter((scale) => reached(scale) <= 1)
  if (within.length > 0) return within
  const scale = fitting(reached)
  return [scale, scale / 4]
}

type Narrowing = NodeOf<'quantize'> | NodeOf<'cast'>

function isNarrowing(node: Node): node is Narrowing {
  return node.kind === 'quantize' || (node.kind === 'cast' && node.attributes.to === 'float16')
}

/** How much of its range, to the nearer side, a value takes: 1 where it fills it. */
function reach(node: Narrowing, values: Float64Array): number {
  const range = node.kind === 'cast' ? { low: -65504, high: 65504 } : rangeOf(node)
  if (!range) return 0
  const { low, high } = range
  return values.reduce((most, x) => Math.max(most, x > 0 ? x / high : low < 0 ? x / low : 0), 0)
}

/** The scale at which a power of it, whose exponent is not known, is close to 1 and not above. */
function fitting(of: (scale: number) => number): number {
  let [scale, degree, before] = [1, 1, of(1)]
  for (let round = 0; round < 4 && before > 0 && !(before > 0.5 && before <= 1); round++) {
    const by = (0.75 / before) ** (1 / degree)
    const now = of(scale * by)
    const slope = Math.log(now / before) / Math.log(by)
    if (!(slope > 0.1)) break
    ;[scale, degree, before] = [scale * by, slope, now]
  }
  return scale
}
