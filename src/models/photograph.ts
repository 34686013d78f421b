import { imagenet } from '../dsl/answer.js'
import type { Feature } from '../dsl/feature.js'
import { image, type Model, model, type Outputs } from '../dsl/model.js'
import { atOnePlace } from '../dsl/scope.js'
import type { Task } from './defaults.js'

/** A network of a task: of a photograph, normalised as in its training. */
export function ofPhotograph<O extends Outputs>(
  name: string,
  { size, answer, normalisation = imagenet }: Task,
  body: (x: Feature<3, 1>) => O,
): Model<O> {
  const input = image(3, { size, normalisation })
  // Which outputs there are is known where a network is written, and not here.
  const written = (x: Feature<3, 1>): never => body(x) as never
  return atOnePlace(() => model(name, input, written, answer && { answer: answer as never }))
}
