import { InputError } from '../errors.js'
import type { StoredTensor } from '../weights/formats/tensor-file.js'
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
  if (!allowNonFinite) {
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

function nonFinite(
  file: string,
  { name, type, shape }: StoredTensor,
  values: Float32Array,
  bad: Bad,
): InputError {
  const what = Number.isNaN(values[bad.first]) ? 'NaN' : 'infinite'
  const past =
    type === 'float64' && what === 'infinite' ? ', as float32 has it: float64 reaches farther' : ''
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
