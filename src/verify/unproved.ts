import { type Graph, nodesOf, type Output } from '../compiler/graph.js'
import type { Value } from '../compiler/node.js'
import { rangeOf } from '../proof/feed.js'
import { type Comparison, inFloat64 } from '../runtime/compare.js'
import type { TensorData } from '../runtime/tensor.js'
import { judgedBy } from './labels.js'
import { mostError } from './limits.js'
import type { Reference } from './reference.js'
import { printScale, type Trial } from './trials.js'

/** Why a comparison says nothing, and what to do about it. */
export interface Unproved {
  /** An output, or the path of what a pass took the place of. */
  readonly at: string
  readonly why: string
  readonly remedy: string
}

/** The least number that float32 holds with all its bits. */
const leastNormal = 2 ** -126

const sizes = 'Check the sizes of the weights and of the input.'

/**
 * Why nothing is proved of an output, whatever was compared: what it means is not finite, zero, too small or the same
 * for every input; or the network as written loses it in float32 by itself.
 */
export function unprovedOutput(
  output: Output,
  meant: readonly Reference[],
  plain: Comparison | undefined,
  comparison: Comparison,
): Unproved | undefined {
  const all = meant.map((reference) => reference.get(judgedBy(output.value)) as TensorData)
  const nothing = nothingThere(output, all, 'even in float64')
  if (nothing) return nothing
  const because = becauseAt(output.name)
  if (!plain?.ok)
    return because(
      'float32 overflows: in float64 it is finite, as written in float32 it is not',
      sizes,
    )
  if (plain.relative > mostError)
    return because(
      `as written it is off by ${plain.relative.toExponential(1)} of itself in float32, by more than ${mostError.toExponential(1)}: what lies between underflows, cancels or jumps`,
      sizes,
    )
  const drowned = drownedOutput(output, comparison)
  if (drowned) return drowned
  const most = Math.max(...all.map(({ data }) => largestOf(data as Float64Array)))
  const change = Math.max(...all.slice(1).map((other) => changeOf(all[0] as TensorData, other)))
  const { tolerance, rms } = comparison
  const seen = Number.isFinite(tolerance) ? tolerance : rms
  if (all.length > 1 && change <= 2 * seen * most)
    return because(
      `it is constant, as far as the comparison sees: ${all.length} inputs change it by ${(change / most).toExponential(1)} of itself`,
      'Check the weights before it (zero, or too small beside a bias), or give an input that changes it.',
    )
  return undefined
}

/** Why there is nothing to compare with: an output that is not finite `somewhere`, zero, or too small. */
export function nothingThere(
  { name }: Output,
  references: readonly TensorData[],
  somewhere: string,
): Unproved | undefined {
  const because = becauseAt(name)
  const most = Math.max(...references.map((tensor) => largestOf(inFloat64(tensor))))
  if (!Number.isFinite(most)) return because(`it is not finite ${somewhere}`, sizes)
  if (most === 0)
    return because(
      'it is zero throughout: a network that computes nothing would be as equal',
      'Give weights and an input that reach it.',
    )
  if (most < leastNormal)
    return because(`it is at most ${most.toExponential(1)}, where float32 underflows`, sizes)
  return undefined
}

/** An output whose error is as large as itself. */
export function drownedOutput({ name }: Output, { rms }: Comparison): Unproved | undefined {
  if (!(rms >= 1)) return undefined
  return becauseAt(name)(
    `its error is ${rms.toPrecision(2)} of its own size (rms): zeros would be as near`,
    'Calibrate on images like those that it is given, or ask for more bits (--precision).',
  )
}

/** An output that might be off by so much of itself that the comparison says nothing. */
export function withoutLimit(name: string, limit: number): Unproved {
  return becauseAt(name)(
    `the limit that is derived for it is ${limit.toExponential(1)} of itself, which anything may meet`,
    'State one (--tolerance), or ask for more bits (--precision; --no-tf32 where TF32 ran).',
  )
}

/** An output behind choices that were made otherwise, at a size at which their numbers are not known in float64. */
export function choseOtherwise(name: string): Unproved {
  return becauseAt(name)(
    'two float32 runs chose otherwise, as they may where numbers tie, and which numbers do is known at the small size alone',
    'Give a size that is small enough for float64 (--input 64x96).',
  )
}

function becauseAt(at: string): (why: string, remedy: string) => Unproved {
  return (why, remedy) => ({ at, why, remedy })
}

/** Inputs may go beyond what was met in the calibration by this before they are of another scale. */
const mostBeyond = 2

/** Inputs of a scale that a network in 8 bits never saw: what is beyond its range is clipped, and the answer another's. */
export function beyondRange(graph: Graph, trials: readonly Trial[]): readonly Unproved[] {
  const [range] = nodesOf(graph).flatMap((node) =>
    node.kind === 'quantize' && isImage(node.inputs.input) ? (rangeOf(node) ?? []) : [],
  )
  if (!range) return []
  const { low, high } = range
  return trials.flatMap(({ scale, input }) => {
    const numbers = inFloat64(input)
    const largest = largestOf(numbers)
    if (largest <= mostBeyond * Math.max(-low, high)) return []
    const clipped = numbers.filter((x) => x < low || x > high).length / numbers.length
    const which = scale === undefined ? 'the input' : `the input of scale ${printScale(scale)}`
    return {
      at: 'input',
      why: `${which} reaches ${largest.toPrecision(3)}, and the network was calibrated from ${low.toPrecision(3)} to ${high.toPrecision(3)}: ${(100 * clipped).toFixed(0)} % of its numbers are clipped`,
      remedy: 'Calibrate on images of that scale (--calibrate), or give it inputs as those were.',
    }
  })
}

/** The input itself, or with channels of zeros. */
function isImage(value: Value): boolean {
  return value.kind === 'input' || (value.kind === 'pad' && isImage(value.inputs.input))
}

function largestOf(numbers: Float64Array): number {
  let largest = 0
  for (const x of numbers) {
    if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY
    largest = Math.max(largest, Math.abs(x))
  }
  return largest
}

function changeOf({ data: a }: TensorData, { data: b }: TensorData): number {
  let change = 0
  for (let i = 0; i < a.length; i++)
    change = Math.max(change, Math.abs((a[i] as number) - (b[i] as number)))
  return change
}
