import { givesOf } from '../dsl/answer.js'
import type { Model } from '../dsl/model.js'

const colours: Readonly<Record<number, 'rgb' | 'grey'>> = { 1: 'grey', 3: 'rgb' }

/**
 * What a file says of its two ends, as JSON: how a picture becomes the input (`preprocessing`), and what an output
 * tells of it (`answer`). Each where the model says it.
 */
export function endsOf({ image, answer }: Model): Readonly<Record<string, string>> {
  const { channels, normalisation } = image
  const colour = colours[channels]
  const ends = {
    ...(answer && { answer: { ...answer, gives: givesOf(answer) } }),
    // A picture has one channel or three.
    ...(normalisation &&
      colour && {
        preprocessing: { format: 'float32-nchw', colours: colour, ...normalisation },
      }),
  }
  return Object.fromEntries(Object.entries(ends).map(([key, end]) => [key, JSON.stringify(end)]))
}
