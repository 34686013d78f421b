import type { Costs } from '../../src/compiler/costs.js'
import { nodesOf } from '../../src/compiler/graph.js'
import type { Node } from '../../src/compiler/node.js'
import type { Pass } from '../../src/compiler/rewrite.js'
import { padChannels } from '../../src/passes/pad-channels.js'
import { pipeline } from '../../src/passes/pipeline.js'
import { everyPass } from '../../src/targets/named.js'

/** Passes in the order in which they run, under the name that they have together. */
export interface Run {
  readonly id: string
  readonly passes: readonly Pass[]
}

/** What a network has costs one a node, and what a pass would put in its place nothing. */
function changing(stood: ReadonlySet<Node>): Costs {
  return {
    source: 'whatever changes the network is taken to pay',
    unit: 'MACs',
    misfit: 0,
    of: (node) => (stood.has(node) ? 1 : 0),
  }
}

/** A pass run wherever it is exact: what is measured is the pass, and not what a table of costs says of it. */
function eager(pass: Pass, at: number): Pass {
  const run: Pass['run'] = (graph) =>
    (everyPass(changing(new Set(nodesOf(graph))))[at] as Pass).run(graph)
  return { ...pass, run }
}

const every = everyPass(changing(new Set())).map(eager)
const named = (name: string): Pass => every.find((pass) => pass.name === name) as Pass

/** What every network goes through. */
export const usual: Run = { id: 'pipeline', passes: pipeline }

/**
 * Every other pass by itself behind the pipeline, and one that works on what another leaves, with that one; padding to
 * each multiple.
 */
export const alone: readonly Run[] = [
  ...every
    .filter(({ name }) => name !== 'pad-channels' && !pipeline.some((pass) => pass.name === name))
    .map((pass) => ({ id: pass.name, passes: [pass] })),
  { id: 'split-head, chunk-head', passes: [named('split-head'), named('chunk-head')] },
  ...[4, 8, 16].map((to) => ({ id: `pad-channels to ${to}`, passes: [padChannels(to)] })),
]
