import type { Costs } from '../../src/compiler/costs.js'
import type { Node } from '../../src/compiler/node.js'
import type { Pass } from '../../src/compiler/rewrite.js'
import { foldBatchNorm } from '../../src/passes/fold-batch-norm.js'
import { foldConstants } from '../../src/passes/fold-constants.js'
import { removeIdentities } from '../../src/passes/remove-identities.js'
import { shareCommon } from '../../src/passes/share-common.js'

/** All passes, those that weigh costs by the ones given. */
export function everyPass(_costs: Costs): readonly Pass[] {
  return [removeIdentities, foldConstants, shareCommon, foldBatchNorm]
}

/** Costs by which whatever is made anew is cheaper than all that it replaces, so that a pass says yes; or dearer. */
export function leaning(towards: 'new' | 'old'): Costs {
  const met = new WeakMap<Node, number>()
  let count = 0
  return {
    source: `none: what is ${towards} is preferred`,
    unit: 'MACs',
    of(node) {
      const at = met.get(node) ?? count++
      met.set(node, at)
      return 2 ** (towards === 'new' ? -at : at)
    },
  }
}
