import { InputError } from '../errors.js'
import type { TensorData } from '../runtime/tensor.js'
import type { FileAnswer } from './ends.js'

/** Scores or heatmaps of an output. */
export type Scores = Float32Array | Float64Array

/**
 * The numbers of an output that holds scores or heatmaps.
 * @throws {InputError} where they are of another type, or one is none.
 */
export function scoresOf({ output }: FileAnswer, { data, type = 'float32' }: TensorData): Scores {
  if (!(data instanceof Float32Array || data instanceof Float64Array))
    throw new InputError({
      problem: `output ${output} is ${type}, and scores are read in float32 or float64`,
      remedy: 'Build the network with a float32 output.',
    })
  const wrong = data.findIndex((score) => !Number.isFinite(score))
  if (wrong !== -1)
    throw new InputError({
      problem: `output ${output} holds ${data[wrong]}, at ${wrong} of ${data.length}`,
      remedy:
        'Its weights or what it is fed are not what it was trained with: `heddle verify` checks the file.',
    })
  return data
}

/** Scores of several things at each place of a grid, [1, count, height, width]. */
export interface ScoreMaps {
  readonly scores: Scores
  readonly count: number
  readonly height: number
  readonly width: number
}

/**
 * An output of one map for each of several things, `of` what they are.
 * @throws {InputError} where it has another shape, or its numbers are not those of scores.
 */
export function mapsOf(answer: FileAnswer, tensor: TensorData, of: string): ScoreMaps {
  const [batch, count = 0, height = 0, width = 0, ...more] = tensor.dims
  if (batch !== 1 || count * height * width === 0 || more.length > 0)
    throw misshapen(answer, tensor.dims, `[1, ${of}, height, width]`)
  return { scores: scoresOf(answer, tensor), count, height, width }
}

/**
 * The numbers of an output that holds indices of classes.
 * @throws {InputError} where one is no whole number from 0.
 */
export function indicesOf({ output }: FileAnswer, { data }: TensorData): Uint32Array {
  return Uint32Array.from(data as ArrayLike<number | bigint | string>, (value) => {
    const index = typeof value === 'string' ? Number.NaN : Number(value)
    if (Number.isInteger(index) && index >= 0 && index < 2 ** 32) return index
    throw new InputError({
      problem: `output ${output} holds ${value}, which is the index of no class`,
      remedy: 'Indices are whole numbers from 0.',
    })
  })
}

/** Refuses an output of a shape that the answer cannot be read from. */
export function misshapen(
  { output, kind, gives }: FileAnswer,
  dims: readonly number[],
  needed: string,
): InputError {
  return new InputError({
    problem: `output ${output} is [${dims.join(', ')}], and ${gives} of ${kind} are ${needed}`,
    remedy: 'Ask for another kind of answer, or build the network with another output.',
  })
}
