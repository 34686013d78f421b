import type { Dimension } from '../compiler/dimension.js'
import { make } from '../compiler/make.js'
import type { NodeOf, Origin, Value } from '../compiler/node.js'
import { InputError } from '../errors.js'
import type { Normalisation } from './answer.js'
import type { Image, Model } from './model.js'

/** How a network begins. */
export interface Start {
  readonly input: NodeOf<'input'>
  readonly image: Image
  /** What stands where its input stood. */
  readonly x: Value
  /** A map of the input's height and width. */
  readonly sized: Value
}

/**
 * (pixel / 255 − mean) / deviation, as (pixel − 255·mean) · 1/(255·deviation): the product can then go into the
 * weights of the convolution that reads it. The sum cannot: zeros around the map are put there after it.
 */
export function fromPixels(
  model: Model,
  input: NodeOf<'input'>,
  format: NonNullable<Image['format']>,
): Start {
  const { mean, deviation } = normalisationOf(model)
  const { name, type } = input.attributes
  const [batch, channels, height, width] = type.shape as readonly [
    Dimension,
    number,
    Dimension,
    Dimension,
  ]
  const pixels = { element: 'uint8', shape: [batch, height, width, channels] } as const
  const given = make('input', {}, { name, type: pixels }, input.origin)
  const constant = (numbers: readonly number[], part: string): Value => {
    const derivation = {
      rule: 'literal',
      element: 'float32',
      shape: [channels, 1, 1],
      numbers,
    } as const
    return make('derived', { from: [] }, { derivation }, at(part))
  }
  const order = [0, 3, 1, 2]
  const turned = make('transpose', { input: given }, { order }, at('transpose'))
  const numbers = make('cast', { input: turned }, { to: 'float32' }, at('cast'))
  const offset = constant(
    mean.map((m) => -255 * m),
    'offset',
  )
  const factor = constant(
    deviation.map((d) => 1 / (255 * d)),
    'factor',
  )
  const centred = make('add', { left: numbers, right: offset }, {}, at('add'))
  const x = make('multiply', { left: centred, right: factor }, {}, at('multiply'))
  // Its normalisation is part of the graph.
  const { normalisation: _, ...image } = model.image
  return { input: given, image: { ...image, format }, x, sized: turned }
}

function normalisationOf({ name, image: { normalisation, format } }: Model): Normalisation {
  if (format)
    throw new InputError({
      problem: `${name} takes ${format} already`,
      remedy: 'Deploy the network as it was written.',
    })
  if (normalisation) return normalisation
  throw new InputError({
    problem: `${name} does not say how pixels become its input, and --input-format asks for pixels`,
    remedy:
      'Say it in the network, as it was trained: image(3, { normalisation: imagenet }), or { mean, deviation }.',
  })
}

function at(part: string): Origin {
  return { path: `preprocessing.${part}`, place: undefined }
}
