import type { Costs } from '../../src/compiler/costs.js'
import { operandsOf } from '../../src/compiler/node.js'
import { printType } from '../../src/compiler/print.js'
import type { Pass } from '../../src/compiler/rewrite.js'
import { asListed, depthFirst, depthFirstTwice } from '../../src/compiler/running.js'
import { broadcastUpsampled } from '../../src/passes/broadcast-upsampled.js'
import { chunkHead } from '../../src/passes/chunk-head.js'
import { foldBatchNorm } from '../../src/passes/fold-batch-norm.js'
import { foldChannelwise } from '../../src/passes/fold-channelwise.js'
import { foldConstants } from '../../src/passes/fold-constants.js'
import { gatherBiases } from '../../src/passes/gather-biases.js'
import { hoistChannelwise } from '../../src/passes/hoist-channelwise.js'
import { hoistPointwise } from '../../src/passes/hoist-pointwise.js'
import { joinHead } from '../../src/passes/join-head.js'
import { mergeResizes } from '../../src/passes/merge-resizes.js'
import { mergeSiblings } from '../../src/passes/merge-siblings.js'
import { narrowToFloat16 } from '../../src/passes/narrow-to-float16.js'
import { orderNodes } from '../../src/passes/order-nodes.js'
import { orderSums } from '../../src/passes/order-sums.js'
import { padChannels } from '../../src/passes/pad-channels.js'
import { removeIdentities } from '../../src/passes/remove-identities.js'
import { shareCommon } from '../../src/passes/share-common.js'
import { splitHead } from '../../src/passes/split-head.js'
import { splitResizes } from '../../src/passes/split-resizes.js'
import { splitSiblings } from '../../src/passes/split-siblings.js'
import { sumBeforeResize } from '../../src/passes/sum-before-resize.js'
import { between, drawn } from '../../src/weights/seeded/draw.js'

/** All passes but `quantize`, which needs ranges; those that weigh costs by each of the ones given. */
export function everyPass(costs: readonly Costs[]): readonly Pass[] {
  return [
    removeIdentities,
    foldConstants,
    shareCommon,
    foldBatchNorm,
    foldChannelwise,
    hoistChannelwise,
    gatherBiases,
    orderSums,
    mergeResizes,
    sumBeforeResize,
    chunkHead,
    padChannels(4),
    narrowToFloat16,
    ...[asListed, depthFirst, depthFirstTwice].map(orderNodes),
    ...costs.flatMap((each) => weighing.map((pass) => pass(each))),
  ]
}

const weighing: readonly ((costs: Costs) => Pass)[] = [
  broadcastUpsampled,
  hoistPointwise,
  joinHead,
  mergeSiblings,
  padChannels,
  splitHead,
  splitResizes,
  splitSiblings,
]

/** Costs by chance, the same for what is alike: passes that weigh say yes and no, and of two ways only one pays. */
export function chance(seed: number): Costs {
  return {
    source: `drawn of seed ${seed}`,
    unit: 'MACs',
    of(node) {
      const types = [...operandsOf(node), node].map(({ type }) => [type].flat().map(printType))
      return Number(drawn(between(1, 2), 1, seed, `${node.kind} ${types}`)[0])
    },
  }
}

/** Costs by which nothing is ever cheaper than what is there. */
export const never: Costs = { source: 'none', unit: 'MACs', of: () => 0 }
