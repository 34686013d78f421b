import { elementCount } from '../compiler/dimension.js'
import { isConstant, type NodeOf, type Value } from '../compiler/node.js'
import { type Comparison, compare } from '../runtime/compare.js'
import type { TensorData } from '../runtime/tensor.js'
import { compareChoice, decidedBy, isChoice } from './choices.js'
import type { Reference } from './reference.js'

/**
 * The choice of the largest score that a value is, in other elements too; nothing where it is something else, or the
 * scores are computed by no run, which are the same in all.
 */
function choiceOf(value: Value): NodeOf<'argMax'> | undefined {
  if (value.kind === 'cast') return choiceOf(value.inputs.input)
  if (value.kind !== 'argMax') return undefined
  const { input } = value.inputs
  return input.kind === 'input' || isConstant(input) ? undefined : value
}

/** The value by which another is judged: of classes their scores. */
export function judgedBy(value: Value): Value {
  return choiceOf(value)?.inputs.input ?? value
}

/** The scores that must be at hand where some values are compared. */
export function scoresOf(values: readonly Value[]): readonly Value[] {
  const scores = values.map(judgedBy).filter((scores, i) => scores !== values[i])
  return [...scores, ...values.filter(isChoice).flatMap(decidedBy)]
}

/** Compares a value with its reference: classes by the reference's scores, which it must hold. */
export function compareValue(
  value: Value,
  name: string,
  reference: Reference,
  candidate: TensorData,
  tolerance: number,
): Comparison {
  if (isChoice(value)) return compareChoice(value, name, reference, candidate, tolerance)
  const own = reference.get(value) as TensorData
  const choice = choiceOf(value)
  if (!choice) return compare(name, own, candidate, tolerance)
  const scores = reference.get(choice.inputs.input) as TensorData
  return compareLabels(name, scores, choice.attributes.axis, own, candidate, tolerance)
}

/**
 * Compares classes with the scores of the reference, `axis` being that of the classes. Two runs may choose otherwise
 * only where they must be allowed to: each score may be off by tolerance · max |score|, so a class whose score is
 * within twice that of the largest may come first. `relative` is half of the largest such gap by max |score|, and
 * what was chosen in the reference itself has none;
 * `rms` likewise, by the largest score of each place.
 */
export function compareLabels(
  name: string,
  scores: TensorData,
  axis: number,
  reference: TensorData,
  candidate: TensorData,
  tolerance: number,
): Comparison {
  const shape = reference.dims
  const failed = (note: string): Comparison => {
    const none = { maxAbs: Number.NaN, relative: Number.NaN, rms: Number.NaN }
    return { name, shape, ...none, tolerance, ok: false, note }
  }
  if (shape.join() !== candidate.dims.join())
    return failed(`the shape is [${candidate.dims.join(', ')}], not [${shape.join(', ')}]`)
  const numbers = scores.data as Float32Array
  const classes = scores.dims[axis] as number
  const inner = elementCount(scores.dims.slice(axis + 1))
  const labels = {
    reference: reference.data as Int32Array,
    candidate: candidate.data as Int32Array,
  }
  let [largest, gap, others] = [0, 0, 0]
  let [squares, scoreSquares] = [0, 0]
  for (let at = 0; at < labels.reference.length; at++) {
    const start = Math.floor(at / inner) * classes * inner + (at % inner)
    const score = (label: number): number => numbers[start + label * inner] as number
    let best = 0
    for (let label = 0; label < classes; label++) {
      if (!Number.isFinite(score(label)))
        return failed(`a score of the reference is ${score(label)}`)
      if (score(label) > score(best)) best = label
      largest = Math.max(largest, Math.abs(score(label)))
    }
    const [own, other] = [Number(labels.reference[at]), Number(labels.candidate[at])]
    if (own !== best)
      return failed(`the reference chooses ${own}, and its largest score is ${best}'s`)
    if (!(other >= 0 && other < classes))
      return failed(`the result holds ${other} of ${classes} classes`)
    if (other !== best) others++
    const here = score(best) - score(other)
    gap = Math.max(gap, here)
    squares += (here / 2) ** 2
    scoreSquares += score(best) ** 2
  }
  const relative = largest > 0 ? gap / 2 / largest : 0
  return {
    name,
    shape,
    maxAbs: gap / 2,
    relative,
    rms: Math.sqrt(squares / (scoreSquares || 1)),
    tolerance,
    ok: relative <= tolerance,
    ...(others > 0
      ? {
          note: `${others} of ${labels.reference.length} classes differ; Δ is half the gap of their scores`,
        }
      : {}),
  }
}
