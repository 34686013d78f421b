import type { Costs } from '../compiler/costs.js'
import type { Pass } from '../compiler/rewrite.js'
import { chunkHead } from '../passes/chunk-head.js'
import { foldBatchNorm } from '../passes/fold-batch-norm.js'
import { foldChannelwise } from '../passes/fold-channelwise.js'
import { foldConstants } from '../passes/fold-constants.js'
import { hoistChannelwise } from '../passes/hoist-channelwise.js'
import { hoistPointwise } from '../passes/hoist-pointwise.js'
import { joinHead } from '../passes/join-head.js'
import { mergeResizes } from '../passes/merge-resizes.js'
import { orderNodes } from '../passes/order-nodes.js'
import { padChannels } from '../passes/pad-channels.js'
import { removeIdentities } from '../passes/remove-identities.js'
import { shareCommon } from '../passes/share-common.js'
import { splitHead } from '../passes/split-head.js'
import { sumBeforeResize } from '../passes/sum-before-resize.js'
import type { Goal, Target } from './target.js'

/**
 * What pays on any machine, since nothing more is computed. Identities hide what stands on both sides of them; equal
 * norms are to be one before they are folded; norms, sums and products move to the layers that take them in before
 * those take them in.
 */
export const folded: readonly Pass[] = [
  removeIdentities,
  foldConstants,
  shareCommon,
  hoistChannelwise,
  foldBatchNorm,
  foldChannelwise,
]

/**
 * 1×1 convolutions go where they cost least. Through single resizes first: the head then finds them where they stay.
 * It is split before sums are joined, which look at what it left. Resizes come last, as both make and move some.
 */
export function placed(costs: Costs): readonly Pass[] {
  return [hoistPointwise(costs), splitHead(costs), joinHead(costs), mergeResizes]
}

/** Behind what makes a head a sum, of which chunks are made. */
export function chunked({ lowMemory }: Goal): readonly Pass[] {
  return lowMemory ? [chunkHead] : []
}

/**
 * What orders a network for a target: the last of all, behind what narrows it to its precision too, since whatever changes
 * a network drops its order.
 */
export function ordered(
  { running }: Pick<Target, 'running'>,
  { lowMemory }: Pick<Goal, 'lowMemory'>,
): readonly Pass[] {
  return lowMemory ? [orderNodes(running)] : []
}

/**
 * For 8 bits: kernels take four channels at a time, and a head that is split is slower, having more maps to bring to 8
 * bits. Maps are summed before they are repeated, for the same reason. Channels are padded last: other passes see the
 * widths that were written.
 */
export const narrow: readonly Pass[] = [...folded, mergeResizes, sumBeforeResize, padChannels(4)]

/** What most runtimes get: float32, which float16 is made of too. */
export function exact(goal: Goal, costs: Costs): readonly Pass[] {
  return [...folded, ...placed(costs), ...chunked(goal)]
}
