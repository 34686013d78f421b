import { halfToNumber } from '../half.js'
import type { TensorData } from './tensor.js'

/** How far one tensor is from its reference. */
export interface Comparison {
  readonly name: string
  readonly shape: readonly number[]
  /** max |Δ|; NaN where the tensors cannot be subtracted. */
  readonly maxAbs: number
  /** max |Δ| / max |reference|; where the reference is zero throughout, max |Δ| itself, and `note` says so. */
  readonly relative: number
  /** rms Δ / rms reference; rms Δ itself where the reference is zero throughout. */
  readonly rms: number
  /** What `relative` may be. */
  readonly tolerance: number
  readonly ok: boolean
  /** Where |Δ| is largest. */
  readonly at?: readonly number[]
  readonly note?: string
}

/**
 * Compares a tensor with its reference. Not ok where shapes differ, where a NaN or an infinity stands in
 * either, and where `relative` exceeds `tolerance`.
 */
export function compare(
  name: string,
  reference: TensorData,
  candidate: TensorData,
  tolerance: number,
): Comparison {
  const shape = reference.dims
  const failed = (note: string, at?: readonly number[]): Comparison => ({
    name,
    shape,
    maxAbs: Number.NaN,
    relative: Number.NaN,
    rms: Number.NaN,
    tolerance,
    ok: false,
    ...(at ? { at } : {}),
    note,
  })
  if (shape.join() !== candidate.dims.join())
    return failed(`the shape is [${candidate.dims.join(', ')}], not [${shape.join(', ')}]`)
  if (Array.isArray(reference.data) || Array.isArray(candidate.data))
    return failed('texts are not compared')
  const [a, b] = [numbers(reference), numbers(candidate)]
  let [maxAbs, maxReference, worst, others] = [0, 0, 0, 0]
  let [squares, referenceSquares] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [Number(a[i]), Number(b[i])]
    if (!Number.isFinite(x)) return failed(`the reference holds ${x}`, position(i, shape))
    if (!Number.isFinite(y)) return failed(`the result holds ${y}`, position(i, shape))
    const difference = Math.abs(x - y)
    if (difference > 0) others++
    if (difference > maxAbs) [maxAbs, worst] = [difference, i]
    if (Math.abs(x) > maxReference) maxReference = Math.abs(x)
    squares += difference * difference
    referenceSquares += x * x
  }
  const relative = maxReference > 0 ? maxAbs / maxReference : maxAbs
  return {
    name,
    shape,
    maxAbs,
    relative,
    rms: Math.sqrt(squares / (referenceSquares > 0 ? referenceSquares : Math.max(a.length, 1))),
    tolerance,
    ok: relative <= tolerance,
    ...(maxAbs > 0 ? { at: position(worst, shape) } : {}),
    ...noteOf(reference, maxReference, others),
  }
}

/** What the figures alone do not say. */
function noteOf(
  { data, type = 'float32' }: TensorData,
  maxReference: number,
  others: number,
): Pick<Comparison, 'note'> {
  const notes = [
    ...(maxReference > 0 ? [] : ['the reference is zero throughout: relative is max |Δ| itself']),
    ...(others > 0 && !type.startsWith('float')
      ? [`${others} of ${data.length} whole numbers differ; classes do where two scores nearly tie`]
      : []),
  ]
  return notes.length > 0 ? { note: notes.join('; ') } : {}
}

/** The elements as numbers; the bits of a float16 are read. */
function numbers({ data, type }: TensorData): ArrayLike<number | bigint> {
  if (type !== 'float16' || !(data instanceof Uint16Array)) return data as Float32Array
  return Float32Array.from(data, halfToNumber)
}

/** The same, each as a float64. */
export function inFloat64(tensor: TensorData): Float64Array {
  return Float64Array.from(numbers(tensor), Number)
}

/** The indices of the element at a flat index. */
function position(flat: number, shape: readonly number[]): readonly number[] {
  const indices: number[] = []
  let rest = flat
  for (const side of shape.toReversed()) {
    indices.unshift(rest % side)
    rest = Math.floor(rest / side)
  }
  return indices
}
