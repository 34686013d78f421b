import type { Feature } from '../../dsl/feature.js'
import type { Model, Outputs } from '../../dsl/model.js'
import type { FusingTask } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import { interpolating } from './interpolation.js'
import type { FusionOptions } from './trunk.js'

/**
 * An HRNet of a task: of a photograph, and fused as the task's code does unless something else is asked for.
 * @throws {InputError} where an option says how the network resizes bilinearly, and it does not.
 */
export function network<O extends Outputs>(
  name: string,
  { upsample, alignCorners = false, calls, ...task }: FusingTask,
  options: FusionOptions,
  body: (x: Feature<3, 1>, fusion: FusionOptions) => O,
): Model<O> {
  const fusion = {
    ...options,
    upsample: options.upsample ?? upsample,
    alignCorners: options.alignCorners ?? alignCorners,
  }
  const made = ofPhotograph(name, task, (x) => body(x, fusion))
  // The fusion's nearest resizes are nn.Upsample, in the code of all tasks.
  return { ...interpolating(made, fusion), calls: { nearest: 'module', ...calls } }
}
