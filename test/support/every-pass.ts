import type { Costs } from '../../src/compiler/costs.js'
import { operandsOf } from '../../src/compiler/node.js'
import { printType } from '../../src/compiler/print.js'
import type { Pass } from '../../src/compiler/rewrite.js'
import { asListed, depthFirst } from '../../src/compiler/running.js'
import { narrowToFloat16 } from '../../src/passes/narrow-to-float16.js'
import { orderNodes } from '../../src/passes/order-nodes.js'
import { padChannels } from '../../src/passes/pad-channels.js'
import { everyPass as named } from '../../src/targets/named.js'
import { between, drawn } from '../../src/weights/seeded/draw.js'

/** All passes but `quantize`, which needs ranges, in all their forms; those that weigh costs, by each of the ones given. */
export function everyPass(costs: readonly Costs[]): readonly Pass[] {
  const others = [padChannels(4), narrowToFloat16, orderNodes(asListed), orderNodes(depthFirst)]
  return [...new Set([...costs.flatMap(named), ...others])]
}

/** Costs by chance, the same for what is alike: passes that weigh say yes and no, and of two ways only one pays. */
export function chance(seed: number): Costs {
  return {
    source: `drawn of seed ${seed}`,
    unit: 'MACs',
    misfit: 0,
    of(node) {
      const types = [...operandsOf(node), node].map(({ type }) => [type].flat().map(printType))
      return Number(drawn(between(1, 2), 1, seed, `${node.kind} ${types}`)[0])
    },
  }
}

/** Costs by which nothing is ever cheaper than what is there. */
export const never: Costs = { source: 'none', unit: 'MACs', misfit: 0, of: () => 0 }
