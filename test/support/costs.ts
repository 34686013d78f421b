import type { Costs } from '../../src/compiler/costs.js'
import { usualMacs } from '../../src/targets/costs/usual.js'

/** Multiply-accumulates alone: what a pass saves of them can be worked out by hand. */
export const macs: Costs = {
  source: 'the test: multiply-accumulates alone',
  unit: 'MACs',
  misfit: 0,
  of: usualMacs,
}
