import type { Costs } from '../compiler/costs.js'
import type { Pass } from '../compiler/rewrite.js'
import { depthFirstTwice } from '../compiler/running.js'
import { InputError } from '../errors.js'
import { broadcastUpsampled } from '../passes/broadcast-upsampled.js'
import { chunkHead } from '../passes/chunk-head.js'
import { fuseConvolutions } from '../passes/fuse-convolutions.js'
import { gatherBiases } from '../passes/gather-biases.js'
import { mergeSiblings } from '../passes/merge-siblings.js'
import { orderNodes } from '../passes/order-nodes.js'
import { orderSums } from '../passes/order-sums.js'
import { padChannels } from '../passes/pad-channels.js'
import { splitResizes } from '../passes/split-resizes.js'
import { splitSiblings } from '../passes/split-siblings.js'
import { sumBeforeResize } from '../passes/sum-before-resize.js'
import { nearestOf } from '../spelling.js'
import { folded, ordered, placed } from './lists.js'
import type { Precision, Target } from './target.js'

/** Every pass that keeps float32 as it is, weighing by some costs: those of no target, too. */
export function everyPass(costs: Costs): readonly Pass[] {
  return [
    ...folded,
    ...placed(costs),
    sumBeforeResize,
    splitResizes(costs),
    broadcastUpsampled(costs),
    mergeSiblings(costs),
    splitSiblings(costs),
    orderSums,
    gatherBiases,
    fuseConvolutions,
    chunkHead,
    padChannels(costs),
    orderNodes(depthFirstTwice),
  ]
}

/**
 * Passes by their names, in the order in which they are named: the target's own where it has them, which weigh and order
 * as it does for that precision, or for float32; others weighing by its costs.
 * @throws {InputError} where there is none of a name: the one most like it, and all that there are.
 */
export function passesNamed(
  names: readonly string[],
  target: Target,
  precision: Precision = 'float32',
): readonly Pass[] {
  const own = ([precision, 'float32'] as const).flatMap((each) =>
    target.passes({ precision: each, lowMemory: true }),
  )
  const every = everyPass(target.costs)
  const all = [...own, ...ordered(target, { lowMemory: true }), ...every]
  return names.map((name) => {
    const found = all.find((pass) => pass.name === name)
    if (found) return found
    const known = every.map((pass) => pass.name)
    throw new InputError({
      problem: `there is no pass ${name || 'without a name'}`,
      remedy: `Did you mean ${nearestOf(name, known)}? There are ${known.join(', ')}.`,
    })
  })
}
