import type { Costs } from '../compiler/costs.js'
import type { Pass } from '../compiler/rewrite.js'
import { depthFirstTwice } from '../compiler/running.js'
import { InputError } from '../errors.js'
import { broadcastUpsampled } from '../passes/broadcast-upsampled.js'
import { chunkHead } from '../passes/chunk-head.js'
import { gatherBiases } from '../passes/gather-biases.js'
import { mergeSiblings } from '../passes/merge-siblings.js'
import { orderNodes } from '../passes/order-nodes.js'
import { orderSums } from '../passes/order-sums.js'
import { padChannels } from '../passes/pad-channels.js'
import { splitResizes } from '../passes/split-resizes.js'
import { splitSiblings } from '../passes/split-siblings.js'
import { sumBeforeResize } from '../passes/sum-before-resize.js'
import { nearestOf } from '../spelling.js'
import { folded, placed } from './lists.js'
import type { Target } from './target.js'

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
    chunkHead,
    padChannels(costs),
    orderNodes(depthFirstTwice),
  ]
}

/**
 * Passes by their names, in the order in which they are named, weighing by a target's costs.
 * @throws {InputError} where there is none of a name; those that there are are listed, the most like it first.
 */
export function passesNamed(names: readonly string[], { costs }: Target): readonly Pass[] {
  const every = everyPass(costs)
  return names.map((name) => {
    const found = every.find((pass) => pass.name === name)
    if (found) return found
    const all = every.map((pass) => pass.name)
    const nearest = nearestOf(name, all)
    const rest = all.filter((each) => each !== nearest)
    throw new InputError({
      problem: `there is no pass ${name || 'without a name'}`,
      remedy: `There are ${[nearest, ...rest].join(', ')}.`,
    })
  })
}
