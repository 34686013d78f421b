import type { Preprocessing } from '../answer/ends.js'
import { givesOf } from '../dsl/answer.js'
import { countCorners } from '../dsl/corners.js'
import type { Model } from '../dsl/model.js'

const colours: Readonly<Record<number, 'rgb' | 'grey'>> = { 1: 'grey', 3: 'rgb' }

/**
 * What a file says of its two ends, as JSON: how a picture becomes the input (`preprocessing`), and what an output
 * tells of it (`answer`). Each where the model says it. Where all bilinear resizes of a network for segmentation align
 * corners, its answer says so (`alignCorners`): it is resized to the picture as the network itself resizes.
 */
export function endsOf(model: Model): Readonly<Record<string, string>> {
  const { answer } = model
  const preprocessing = preprocessingOf(model)
  const ends = {
    ...(answer && {
      answer: {
        ...answer,
        gives: givesOf(answer),
        ...(answer.kind === 'segmentation' && alignsCorners(model) && { alignCorners: true }),
      },
    }),
    ...(preprocessing && { preprocessing }),
  }
  return Object.fromEntries(Object.entries(ends).map(([key, end]) => [key, JSON.stringify(end)]))
}

/** How a picture becomes the input, where the model says it; a picture has one channel or three. */
export function preprocessingOf({ image }: Model): Preprocessing | undefined {
  const { channels, normalisation, format = 'float32-nchw' } = image
  const colour = colours[channels]
  if (!colour || !(normalisation || image.format)) return undefined
  return { format, colours: colour, ...normalisation }
}

function alignsCorners(model: Model): boolean {
  const { resizes, aligned } = countCorners(model)
  return resizes > 0 && aligned === resizes
}
