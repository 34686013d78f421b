import { compile } from '../../src/compile.js'
import { type Graph, operationsOf } from '../../src/compiler/graph.js'
import type { Model } from '../../src/dsl/model.js'
import { layouts } from '../../src/targets/costs/layout.js'
import { usualBytes } from '../../src/targets/costs/usual.js'
import { type Work, workOf } from '../../src/targets/costs/work.js'
import { type Spread, spread } from '../harness.js'
import type { Observation } from './fit.js'
import { timed } from './timed.js'

export interface Measured {
  readonly name: string
  readonly graph: Graph
  /** Nanoseconds of processor. */
  readonly took: Spread
}

interface Wanted {
  readonly name: string
  readonly network: Model
  readonly size?: readonly [number, number]
}

/** How long one network is run at a time: what it reads has to be in the caches, as it is within a larger one. */
const turn = 3e6

/** All networks in turn, round after round, so that all meet the same noise; the first round warms up. */
export async function measure(
  wanted: readonly Wanted[],
  rounds: number,
): Promise<readonly Measured[]> {
  const open = []
  for (const { name, network, size } of wanted) {
    const [height, width] = size ?? network.image.size
    const { graph } = compile(network, { size: { height, width } })
    const session = await timed(network, size)
    await session.run(1)
    const count = Math.ceil(turn / (await session.run(1)))
    open.push({ name, graph, session, count, times: [] as number[] })
  }
  for (let round = 0; round <= rounds; round++)
    for (const { session, count, times } of open) {
      if (count > 1) await session.run(1)
      const ns = await session.run(count)
      if (round > 0) times.push(ns)
    }
  for (const { session } of open) await session.close()
  return open.map(({ name, graph, times }) => ({ name, graph, took: spread(times) }))
}

/** All that the runtime does for a network; what it gives it brings into the plain layout, too. */
export function amountsOf(graph: Graph, block: number): Observation['amounts'] {
  const layoutOf = layouts(block)
  const sum: Partial<Record<Work, number>> = {}
  for (const node of operationsOf(graph))
    for (const [work, amount] of Object.entries(workOf(node, block, layoutOf)) as [Work, number][])
      sum[work] = (sum[work] ?? 0) + amount
  const bytes = (outputs: Graph['outputs']): number =>
    outputs.reduce((total, { value }) => total + usualBytes(value), 0)
  const blocked = graph.outputs.filter(({ value }) => layoutOf(value) === 'blocked')
  const reordered = (sum.reordered ?? 0) + 2 * bytes(blocked)
  return { ...sum, reordered, run: 1, given: bytes(graph.outputs) }
}
