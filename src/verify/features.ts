import type { OpenGraph } from '../build/open-graph.js'
import type { Compilation } from '../compile.js'
import { nodesOf } from '../compiler/graph.js'
import { bytesOf } from '../compiler/memory.js'
import { isConstant, isValue, type Node, placeOf, type Value } from '../compiler/node.js'
import type { Location } from '../errors.js'
import type { Comparison } from '../runtime/compare.js'
import type { TensorData, Tensors } from '../runtime/tensor.js'
import { compareValue, scoresOf } from './labels.js'

/** A value of the network as written, compared: `name` is the file's, `path` its scope in the network. */
export interface FeatureComparison extends Comparison {
  readonly path: string
  readonly kind: Value['kind']
  /** The user's line. */
  readonly location: Location | undefined
}

export interface FeatureReport {
  /** Where the two part ways: the first of `compared` that is not ok. */
  readonly first: FeatureComparison | undefined
  /** Every value that survives the passes, in the order in which the network computes them. */
  readonly compared: readonly FeatureComparison[]
  /** How many values no value of the compiled network equals: passes took what made them. */
  readonly gone: number
}

/** A value between input and outputs as written, and the one that it became. */
export interface Survivor {
  readonly plain: Value
  readonly final: Value
}

/** What became of the values of a network, in the order in which it computes them. */
export function survivorsOf({ plain, graph, equals }: Compilation): {
  readonly survivors: readonly Survivor[]
  readonly gone: number
} {
  const alive = new Set<Node>(nodesOf(graph))
  const survivors: Survivor[] = []
  let gone = 0
  for (const value of nodesOf(plain)) {
    if (!isValue(value) || isConstant(value) || value.kind === 'input') continue
    const final = equals.get(value)
    // What became the input or a constant is no feature any more.
    if (final && alive.has(final) && !isConstant(final) && final.kind !== 'input')
      survivors.push({ plain: value, final })
    else gone++
  }
  return { survivors, gone }
}

/** Bytes of results that are held at once, of either side. */
const held = 256e6

/**
 * Compares all survivors, running both sides for as many of them at a time as memory holds.
 * @param onRun is told how many are done.
 */
export async function compareSurvivors(
  survivors: readonly Survivor[],
  reference: OpenGraph,
  candidate: OpenGraph,
  feeds: Tensors,
  tolerance: number,
  onRun: (done: number) => void,
): Promise<readonly FeatureComparison[]> {
  const compared: FeatureComparison[] = []
  const fetch = ({ session, nameOf }: OpenGraph, values: readonly Value[]): Promise<Tensors> =>
    session.run(feeds, [...new Set(values.map(nameOf))])
  for (const chunk of chunksOf(survivors)) {
    onRun(compared.length)
    const plains = chunk.map(({ plain }) => plain)
    const results = await fetch(reference, [...plains, ...scoresOf(plains)])
    const left = { results, nameOf: reference.nameOf }
    const right = await fetch(
      candidate,
      chunk.map(({ final }) => final),
    )
    for (const { plain, final } of chunk) {
      const [name, other] = [reference.nameOf(plain), candidate.nameOf(final)]
      compared.push({
        ...compareValue(plain, name, left, right[other] as TensorData, tolerance),
        path: plain.origin.path,
        kind: plain.kind,
        location: placeOf(plain.origin).location,
      })
    }
  }
  return compared
}

function chunksOf(survivors: readonly Survivor[]): readonly (readonly Survivor[])[] {
  const chunks: Survivor[][] = []
  let room = 0
  for (const survivor of survivors) {
    const bytes = bytesOf(survivor.plain.type)
    if (chunks.length === 0 || bytes > room) {
      chunks.push([])
      room = held
    }
    chunks.at(-1)?.push(survivor)
    room -= bytes
  }
  return chunks
}
