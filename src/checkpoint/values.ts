import { InputError } from '../errors.js'
import type { StoredTensor, StoredType } from '../weights/formats/tensor-file.js'
import { readValues } from '../weights/formats/values.js'

/**
 * The values of a tensor, checked.
 * @throws {InputError} where one is NaN or infinite, or (`variance`) negative.
 */
export async function checkedValues(
  file: string,
  tensor: StoredTensor,
  { allowNonFinite, variance }: { readonly allowNonFinite: boolean; readonly variance: boolean },
): Promise<Float32Array> {
  const values = await readValues(tensor)
  if (!allowNonFinite && !areFinite(values)) {
    const bad = countOf(values, (x) => x - x !== 0)
    if (bad) throw nonFinite(file, tensor, values, bad)
  }
  const negative = variance ? countOf(values, (x) => x < 0) : undefined
  if (negative)
    throw new InputError({
      problem: `${file}: ${tensor.name} is a running variance and holds ${times(negative, values.length, 'negative')}, ${values[negative.first]} at ${negative.first}`,
      remedy: 'No training makes one: the file is damaged, or of another network.',
    })
  return values
}

/** In one plain loop: a file is thousands of times as much as what is ever wrong with it. */
function areFinite(values: Float32Array): boolean {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0
  return sum === 0
}

interface Bad {
  readonly count: number
  /** Index of the first, in the row-major order of the tensor. */
  readonly first: number
}

function countOf(values: Float32Array, isBad: (x: number) => boolean): Bad | undefined {
  let [count, first] = [0, -1]
  for (let i = 0; i < values.length; i++)
    if (isBad(values[i] as number)) {
      if (count === 0) first = i
      count++
    }
  return count > 0 ? { count, first } : undefined
}

/** What an infinity of a type may have been. */
const reaches: Partial<Record<StoredType, string>> = {
  float64: ', as float32 has it: float64 reaches farther',
  float16: ', as float16 has what passes 65504',
}

function nonFinite(
  file: string,
  { name, type, shape }: StoredTensor,
  values: Float32Array,
  bad: Bad,
): InputError {
  const what = Number.isNaN(values[bad.first]) ? 'NaN' : 'infinite'
  const past = what === 'infinite' ? (reaches[type] ?? '') : ''
  return new InputError({
    problem: `${file}: ${name} [${shape.join(', ')}] holds ${times(bad, values.length, 'not finite')}, the first at ${bad.first} (${what}${past})`,
    remedy:
      'Such a network answers nothing: take an earlier checkpoint, or allow it (--allow-non-finite).',
  })
}

/** `3 of 48 values that are negative`. */
function times({ count }: Bad, all: number, what: string): string {
  return `${count} of ${all} values that ${count === 1 ? 'is' : 'are'} ${what}`
}
