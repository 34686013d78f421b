import type { Costs } from '../../src/compiler/costs.js'
import type { Pass } from '../../src/compiler/rewrite.js'
import { broadcastUpsampled } from '../../src/passes/broadcast-upsampled.js'
import { chunkHead } from '../../src/passes/chunk-head.js'
import { foldChannelwise } from '../../src/passes/fold-channelwise.js'
import { gatherBiases } from '../../src/passes/gather-biases.js'
import { hoistChannelwise } from '../../src/passes/hoist-channelwise.js'
import { hoistPointwise } from '../../src/passes/hoist-pointwise.js'
import { joinHead } from '../../src/passes/join-head.js'
import { mergeResizes } from '../../src/passes/merge-resizes.js'
import { mergeSiblings } from '../../src/passes/merge-siblings.js'
import { orderSums } from '../../src/passes/order-sums.js'
import { padChannels } from '../../src/passes/pad-channels.js'
import { pipeline } from '../../src/passes/pipeline.js'
import { splitHead } from '../../src/passes/split-head.js'
import { splitResizes } from '../../src/passes/split-resizes.js'
import { splitSiblings } from '../../src/passes/split-siblings.js'
import { sumBeforeResize } from '../../src/passes/sum-before-resize.js'
import { eager } from './eager.js'

/** Passes in the order in which they run, under the name that they have together. */
export interface Run {
  readonly id: string
  readonly passes: readonly Pass[]
}

const weighing: readonly ((costs: Costs) => Pass)[] = [
  splitHead,
  joinHead,
  hoistPointwise,
  mergeSiblings,
  splitSiblings,
  splitResizes,
  broadcastUpsampled,
]
const eagerly = weighing.map(eager)
const [split] = eagerly as [Pass]

/**
 * Every pass that is not in the pipeline, each by itself behind it; what only works on what another leaves, with
 * that one. Passes that weigh costs are run wherever they are exact, and not only where the costs say that it pays.
 */
export const alone: readonly Run[] = [
  ...[
    ...eagerly,
    foldChannelwise,
    hoistChannelwise,
    chunkHead,
    mergeResizes,
    sumBeforeResize,
    orderSums,
    gatherBiases,
  ].map(by),
  { id: 'split-head, chunk-head', passes: [split, chunkHead] },
  ...[4, 8, 16].map((to) => ({ id: `pad-channels to ${to}`, passes: [padChannels(to)] })),
]

/** What every network goes through. */
export const usual: Run = { id: 'portable', passes: pipeline }

function by(pass: Pass): Run {
  return { id: pass.name, passes: [pass] }
}
