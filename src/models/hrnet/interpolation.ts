import { countCorners } from '../../dsl/corners.js'
import type { Model } from '../../dsl/model.js'
import { InputError } from '../../errors.js'
import { optionName } from '../../spelling.js'
import type { FusionOptions } from './trunk.js'

/** Whether aligned corners mean something to a network. */
export function resizesBilinearly(model: Model): boolean {
  return countCorners(model).resizes > 0
}

/**
 * The network itself, unless an option says how it resizes bilinearly and it does not.
 * @throws {InputError} then: the option would be lost in silence.
 */
export function interpolating<M extends Model>(
  model: M,
  { alignCorners, fuseTwice, upsample }: FusionOptions,
): M {
  if (alignCorners && !resizesBilinearly(model)) throw onlyNearest('alignCorners', model)
  if (fuseTwice && upsample === 'nearest') throw onlyNearest('fuseTwice', model)
  return model
}

function onlyNearest(option: keyof FusionOptions, { name }: Model): InputError {
  return new InputError({
    problem: `${optionName(option)} says how ${name} resizes bilinearly, and it resizes by nearest neighbour only`,
    remedy: 'Leave it out, or ask for --upsample bilinear too.',
  })
}
