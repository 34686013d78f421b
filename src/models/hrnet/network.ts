import { imagenet } from '../../dsl/answer.js'
import type { Feature } from '../../dsl/feature.js'
import { image, type Model, model, type Outputs } from '../../dsl/model.js'
import { atOnePlace } from '../../dsl/scope.js'
import type { FusingTask } from '../defaults.js'
import { interpolating } from './interpolation.js'
import type { FusionOptions } from './trunk.js'

/**
 * An HRNet of a task: of a photograph, normalised as in the training of all released HRNets, and fused as the
 * task's code does unless something else is asked for.
 * @throws {InputError} where an option says how the network resizes bilinearly, and it does not.
 */
export function network<O extends Outputs>(
  name: string,
  { size, upsample, answer, calls }: FusingTask,
  options: FusionOptions,
  body: (x: Feature<3, 1>, fusion: FusionOptions) => O,
): Model<O> {
  const fusion = { ...options, upsample: options.upsample ?? upsample }
  const input = image(3, { size, normalisation: imagenet })
  // Which outputs there are is known where a network is written, and not here.
  const written = (x: Feature<3, 1>): never => body(x, fusion) as never
  const made: Model<O> = atOnePlace(() =>
    model(name, input, written, answer && { answer: answer as never }),
  )
  // The fusion's nearest resizes are nn.Upsample, in the code of all tasks.
  return { ...interpolating(made, fusion), calls: { nearest: 'module', ...calls } }
}
