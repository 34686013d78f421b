import { compile } from '../../src/compile.js'
import { type Graph, operationsOf } from '../../src/compiler/graph.js'
import type { Model } from '../../src/dsl/model.js'
import { layouts } from '../../src/targets/costs/layout.js'
import { type Amounts, type Work, workOf } from '../../src/targets/costs/work.js'
import { type Spread, spread } from '../harness.js'
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

/** All networks in turn, round after round, so that all meet the same noise; two rounds warm up. */
export async function measure(
  wanted: readonly Wanted[],
  rounds: number,
): Promise<readonly Measured[]> {
  const open = []
  for (const { name, network, size } of wanted) {
    const [height, width] = size ?? network.image.size
    const { graph } = compile(network, { size: { height, width } })
    open.push({ name, graph, session: await timed(network, size), times: [] as number[] })
  }
  for (let round = -2; round < rounds; round++)
    for (const { session, times } of open) {
      const ns = await session.run()
      if (round >= 0) times.push(ns)
    }
  for (const { session } of open) await session.close()
  return open.map(({ name, graph, times }) => ({ name, graph, took: spread(times) }))
}

/** All that the runtime does for a network. */
export function amountsOf(graph: Graph, block: number): Amounts {
  const layoutOf = layouts(block)
  const sum: Partial<Record<Work, number>> = {}
  for (const node of operationsOf(graph))
    for (const [work, amount] of Object.entries(workOf(node, block, layoutOf)) as [Work, number][])
      sum[work] = (sum[work] ?? 0) + amount
  return sum
}
