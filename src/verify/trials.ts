import type { NodeOf } from '../compiler/node.js'
import { InputError } from '../errors.js'
import { seededTensor } from '../runtime/inputs.js'
import type { TensorData } from '../runtime/tensor.js'

/** One input that a network is run on. */
export interface Trial {
  /** What the seeded numbers, of variance 1, are multiplied by; none for an input of the caller's. */
  readonly scale: number | undefined
  readonly seed: number | undefined
  readonly input: TensorData
  /** Whether every value on the way is compared for it, not the outputs alone. */
  readonly features: boolean
}

/** The scales that a network is run at: what is lost in one is not lost in another. Powers of two, so that no input is rounded. */
const everyday = [1, 2 ** -6, 2 ** 6]
const thorough = [...everyday, 2 ** -3, 2 ** 3]

export interface TrialOptions {
  readonly seed: number
  readonly thorough: boolean
  readonly scales?: readonly number[] | undefined
  /** Whether the network is in 8 bits, and clamps what is beyond the range that it has learnt. */
  readonly clamps: boolean
  readonly input?: TensorData | undefined
}

/**
 * The inputs of a run in rounds, of which each is compared by itself and then forgotten. Everyday one round: of each
 * scale an image of its own seed, features at the first. Thorough: a round for each of more scales and of two seeds,
 * features in all. Whole numbers have no scale, and 8 bits only the one that they were calibrated for: two seeds. What the caller gives is run first, and a seeded one after
 * it, so that it is seen whether the output changes.
 */
export function roundsOf(
  { type, attributes: { name } }: NodeOf<'input'>,
  { seed, thorough: all, scales: stated, clamps, input }: TrialOptions,
): readonly (readonly Trial[])[] {
  const shape = type.shape as readonly number[]
  const usual = clamps ? [1, 1] : all ? thorough : everyday
  const isFloat = type.element.startsWith('float')
  if (stated && !isFloat)
    throw new InputError({
      problem: `scales of images, and an input of ${type.element}, whose numbers have none`,
      remedy: 'Leave them out (--scales).',
    })
  // Of one image nobody sees whether the output changes.
  const scales = !isFloat
    ? [1, 1]
    : stated?.length === 1
      ? [...stated, ...stated]
      : (stated ?? usual)
  const seededTrial = (scale: number, seed: number, features: boolean): Trial => {
    const port = { name, type: type.element, shape }
    return { scale, seed, input: scaled(seededTensor(port, shape, seed), scale), features }
  }
  if (input) {
    const own = { scale: undefined, seed: undefined, input, features: true }
    return [[own, seededTrial(1, seed, false)]]
  }
  const each = (from: number): readonly Trial[] =>
    scales.map((scale, i) => seededTrial(scale, from + i, all || i === 0))
  if (!all) return [each(seed)]
  return [...each(seed), ...each(seed + scales.length)].map((trial) => [trial])
}

function scaled(tensor: TensorData, scale: number): TensorData {
  if (scale === 1 || !(tensor.data instanceof Float32Array)) return tensor
  return { ...tensor, data: tensor.data.map((x) => x * scale) }
}

/** As people read it: `1/64`. */
export function printScale(scale: number): string {
  return scale < 1 && Number.isInteger(1 / scale) ? `1/${1 / scale}` : String(scale)
}
