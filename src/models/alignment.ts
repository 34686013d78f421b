import { nodesOf } from '../compiler/graph.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import type { FusionOptions } from './trunk.js'

/** Whether aligned corners mean something to a network. */
export function resizesBilinearly({ graph }: Model): boolean {
  return nodesOf(graph).some(
    (node) => node.kind === 'resize' && node.attributes.mode === 'bilinear',
  )
}

/**
 * The network itself, unless corners are to be aligned and nothing in it could.
 * @throws {InputError} then: the option would be lost in silence.
 */
export function aligned<M extends Model>(model: M, { alignCorners }: FusionOptions): M {
  if (alignCorners && !resizesBilinearly(model))
    throw new InputError({
      problem: `--align-corners says how ${model.name} resizes bilinearly, and it resizes by nearest neighbour only`,
      remedy: 'Leave it out, or ask for --upsample bilinear too.',
    })
  return model
}
