import type { NodeOf } from '../../compiler/node.js'
import { type Bound, type Bounding, on } from './bounding.js'

/**
 * What is chosen by numbers that may be off jumps: then nothing bounds it. Of exact choices, what is chosen is off as far
 * as it was before.
 */
const unbounded = Number.POSITIVE_INFINITY

/**
 * The k-th largest of numbers that are each off by at most e is off by at most e. Its place is sure where no other can
 * change places with it.
 */
export function topK(node: NodeOf<'topK'>, { of, boundOf }: Bounding): Bound {
  const brought = boundOf(node.inputs.input)
  if (!brought) return undefined
  const both = of(node)
  const values = both.subarray(0, both.length / 2)
  const most = brought.reduce((a, b) => Math.max(a, b), 0)
  const sorted = of(node.inputs.input).toSorted().reverse()
  const apart = (i: number): number => (sorted[i] as number) - (sorted[i + 1] ?? -unbounded)
  const isSure = (i: number): boolean => (i === 0 || apart(i - 1) > 2 * most) && apart(i) > 2 * most
  return Float64Array.from([
    ...values.map(() => most),
    ...Array.from(values, (_, i) => (isSure(i) ? 0 : unbounded)),
  ])
}

export function gather(node: NodeOf<'gather'>, { of, boundOf }: Bounding): Bound {
  const { input, places } = node.inputs
  const [brought, uncertain] = [boundOf(input), boundOf(places)]
  const own = brought && on(node, { input: brought, places: of(places) })
  if (!uncertain) return own
  const run = of(node).length / uncertain.length
  return of(node).map((_, at) =>
    (uncertain[Math.floor(at / run)] as number) > 0 ? unbounded : (own?.[at] ?? 0),
  )
}

/** A step of whole numbers. */
export function wholeDivide(
  { inputs: { input } }: NodeOf<'wholeDivide'>,
  { boundOf }: Bounding,
): Bound {
  return boundOf(input)?.map((e) => (e > 0 ? unbounded : 0))
}

/** A step: the whole of it where what decides is not exact. */
export function nonMaxSuppression(
  node: NodeOf<'nonMaxSuppression'>,
  { of, boundOf }: Bounding,
): Bound {
  const { boxes, scores } = node.inputs
  return boundOf(boxes) || boundOf(scores) ? of(node).map(() => 1) : undefined
}
