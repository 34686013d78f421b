import { scaleChannels } from '../compiler/interpret/derivation.js'
import { interpretInTurn } from '../compiler/interpret/in-turn.js'
import type { Constant, ElementType } from '../compiler/node.js'
import { InputError, InternalError } from '../errors.js'
import { numberToHalf } from '../half.js'
import type { Weights } from './source.js'

/** Values of a constant, as the file has its elements: the bits of a float16. */
export type Evaluated =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Int32Array
  | BigInt64Array
  | Int8Array
  | Uint8Array

/** Numbers as elements of a type; whole ones are at hand as such. */
const elements: Readonly<Record<ElementType, (numbers: Float64Array) => Evaluated>> = {
  float32: (numbers) => new Float32Array(numbers),
  float64: (numbers) => numbers,
  float16: (numbers) => Uint16Array.from(numbers, numberToHalf),
  int32: (numbers) => Int32Array.from(numbers),
  int64: (numbers) => BigInt64Array.from([...numbers], BigInt),
  int8: (numbers) => Int8Array.from(numbers),
  uint8: (numbers) => Uint8Array.from(numbers),
  bool: (numbers) => Uint8Array.from(numbers),
}

/**
 * The values of a constant. A derived one is evaluated in float64 from the parameters it is derived from,
 * and rounded to its element type at the end, once; what lies between is forgotten as soon as its last reader has
 * read it, and nothing is kept for the next call. What `weights` reads is written over: `copied` keeps what
 * others keep.
 */
export async function evaluate(constant: Constant, weights: Weights): Promise<Evaluated> {
  if (constant.kind === 'parameter') return await weights.read(constant)
  const { derivation } = constant.attributes
  const [weight, factor] = constant.inputs.from
  // Most of a file is weights that are scaled: each product is rounded at once, in place, without copies in float64.
  if (derivation.rule === 'scaleChannels' && weight?.kind === 'parameter' && factor) {
    const [values, by] = [await weights.read(weight), await inFloat64(factor, weights)]
    return scaleChannels(derivation, constant, values, by, values)
  }
  const numbers = await inFloat64(constant, weights)
  if (
    constant.type.element === 'float16' &&
    numbers.some((x) => Math.abs(x) === Number.POSITIVE_INFINITY)
  )
    throw new InputError({
      problem: `${constant.origin.path} has a number that is infinite in float16, which ends at 65504`,
      remedy: 'Build it in float32.',
    })
  return elements[constant.type.element](numbers)
}

async function inFloat64(constant: Constant, weights: Weights): Promise<Float64Array> {
  const values = await interpretInTurn([constant], async (node) => {
    if (node.kind === 'input')
      throw new InternalError(
        `${constant.origin.path} is derived from input ${node.attributes.name}`,
      )
    return node.kind === 'parameter' ? new Float64Array(await weights.read(node)) : undefined
  })
  return values.get(constant) as Float64Array
}
