import type { Pass } from '../compiler/rewrite.js'
import { foldBatchNorm } from './fold-batch-norm.js'
import { foldConstants } from './fold-constants.js'
import { removeIdentities } from './remove-identities.js'
import { shareCommon } from './share-common.js'

/** Those that leave every weight as it is, for files that refer to weights where they lie. */
export const weightKeeping: readonly Pass[] = [removeIdentities, shareCommon]

/**
 * The least that makes a network plain, in this order; targets have lists of their own. Identities hide what stands on
 * both sides of them; equal batch norms on one convolution are to be one before it is folded.
 */
export const pipeline: readonly Pass[] = [
  removeIdentities,
  foldConstants,
  shareCommon,
  foldBatchNorm,
]
