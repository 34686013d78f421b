import type { Node } from '../compiler/node.js'
import type { Change } from '../compiler/rewrite.js'
import { boundsIn, evaluate, scalesOf } from './evaluate.js'
import type { FiringProof } from './proof.js'
import type { Region } from './region.js'

/** What is found by computing both sides of a firing. */
export interface Outcome extends Pick<FiringProof, 'ok' | 'error' | 'bound' | 'ratio' | 'note'> {
  /** Whether it may be otherwise for values that the network's own inputs lead to. */
  readonly open: boolean
}

/** The note of a firing that has foreign operators, which have no meaning here. */
export const ofForeign = 'not proved: foreign'

export interface ComparisonOptions {
  readonly seed: number
  readonly changes: Change
  /** Whether they are computed at every scale; else at the first that decides. */
  readonly all: boolean
}

/**
 * Both sides of a region, its roots before and after by pairs, computed at scales. It ends where they differ: what is
 * larger than the bound, or not finite.
 */
export function compared(
  region: Region,
  pairs: readonly (readonly [Node, Node])[],
  { seed, changes, all }: ComparisonOptions,
): Outcome {
  if (region.order.some(({ kind }) => kind === 'foreign'))
    return { ...nowhere, ok: false, open: false, note: ofForeign }
  const narrowing = changes === 'precision' ? 'deviates' : 'steps'
  const at = evaluate(region, seed)
  const clamps = region.order.some(isClamp)
  let [worst, decided] = [nowhere, false]
  for (const scale of scalesOf(region, at)) {
    const values = at(scale)
    const bounds = boundsIn(region, values, narrowing)
    for (const [before, after] of pairs) {
      const sides = [before, after].map((node) => ({
        values: values.get(node) as Float64Array,
        bound: bounds.get(node),
      })) as [Side, Side]
      const { decides, ...place } = worstOf(...sides)
      if (!(place.ratio <= worst.ratio)) worst = place
      if (!(place.ratio <= 1)) return { ...worst, ok: false, open: true, note: noteOf(worst) }
      decided ||= decides
    }
    if (decided && !all && !clamps) break
  }
  if (decided) return { ...worst, ok: true, open: false }
  const note = 'nothing is proved: the bound is as large as the values, at every scale'
  return { ...worst, ok: false, open: false, note }
}

/** What is the identity, or nearly, around zero: other scales show more of it. */
function isClamp(node: Node): boolean {
  if (node.kind !== 'activation') return false
  return ['relu6', 'hardSigmoid', 'hardSwish'].includes(node.attributes.function.name)
}

interface Side {
  readonly values: Float64Array
  readonly bound: Float64Array | undefined
}

interface Place {
  readonly error: number
  readonly bound: number
  readonly ratio: number
}

const nowhere: Place = { error: 0, bound: 0, ratio: 0 }

/** A bound is itself rounded, by far less than this share of it. */
const rounded = 1 + 1e-6
/** What underflows is off by less than this, whatever its bound. */
const least = 2 ** -1000

/** Where two sides differ most against their bounds, and whether a bound is anywhere less than what it bounds. */
function worstOf(before: Side, after: Side): Place & { readonly decides: boolean } {
  let [worst, decides] = [nowhere, false]
  for (const [i, a] of before.values.entries()) {
    const b = after.values[i] as number
    const own = (before.bound?.[i] ?? 0) + (after.bound?.[i] ?? 0)
    const bound = own * rounded + least
    const error = Math.abs(a - b)
    // Infinities are equal to themselves, and prove nothing.
    const ratio = Number.isFinite(error) && Number.isFinite(bound) ? error / bound : Number.NaN
    if (!(ratio <= worst.ratio) || i === 0) worst = { error, bound, ratio }
    if (Number.isNaN(ratio)) break
    decides ||= own === 0 || own < Math.max(Math.abs(a), Math.abs(b))
  }
  return { ...worst, decides }
}

function noteOf({ error, bound }: Place): string {
  if (!Number.isFinite(error) || !Number.isFinite(bound))
    return 'a value or its bound is not finite'
  return `they differ by ${error.toPrecision(2)}, where rounding accounts for ${bound.toPrecision(2)}`
}
