import type { Feature, Vector } from '../../dsl/feature.js'
import { flatten, linear, relu } from '../../dsl/layers.js'
import { scope } from '../../dsl/scope.js'

/** What a head says of each region: scores before their softmax, the background's first, and deltas of its box. */
export interface BoxHead {
  readonly scores: Vector
  readonly deltas: Vector
}

/**
 * Two linear layers of 1024 with ReLUs, which both predictors share (FPN, section 4.2). Deltas are four for each class
 * and the background, or four for all. Parameters: `shared_fcs.0`, `shared_fcs.1`, `fc_cls`, `fc_reg`.
 */
export function boxHead(regions: Feature, classes: number, deltasOf: 'each' | 'all'): BoxHead {
  const shared = (x: Vector, name: string): Vector =>
    relu(scope('shared_fcs', () => linear(x, 1024, { name })))
  const x = shared(shared(flatten(regions), '0'), '1')
  return {
    scores: linear(x, classes + 1, { name: 'fc_cls' }),
    deltas: linear(x, deltasOf === 'each' ? 4 * (classes + 1) : 4, { name: 'fc_reg' }),
  }
}
