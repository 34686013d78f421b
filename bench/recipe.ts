import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lower } from '../src/build/to-onnx.js'
import { elementCount } from '../src/compiler/dimension.js'
import type { Graph } from '../src/compiler/graph.js'
import type { Constant, NodeOf } from '../src/compiler/node.js'
import { drawParameter, type Planned, planParameters } from '../src/weights/seeded/plan.js'
import type { Weights } from '../src/weights/source.js'
import type { Weight } from './plain-build.js'
import type { StoredWeight } from './plain-weights.js'

/** How a weight is made, and the numbers that this takes: kept under the place that `keep` gives. */
export type Described<W> = (
  constant: Constant,
  keep: (numbers: Iterable<number>) => number,
) => W | undefined

/**
 * Writes down, for a plain program, how a file that heddle built is made: the weights of convolutions, 999 of 1,000
 * of its bytes, as they are described; all else as it stands in the file.
 */
export async function writeRecipe<W>(
  graph: Graph,
  built: string,
  folder: string,
  described: Described<W>,
): Promise<void> {
  const file = readFileSync(built)
  const pieces: ({ given: readonly [number, number] } | { weight: W })[] = []
  const given: Uint8Array[] = []
  const numbers: number[] = []
  let [asked, at, copied, kept]: [Constant | undefined, number, number, number] = [
    undefined,
    0,
    0,
    0,
  ]
  const give = (end: number): void => {
    given.push(file.subarray(copied, end))
    pieces.push({ given: [kept, kept + end - copied] })
    kept += end - copied
  }
  const keep = (more: Iterable<number>): number => {
    const place = numbers.length
    for (const number of more) numbers.push(number)
    return place
  }
  const emission = lower(graph, { label: '', read: () => new Float32Array() }).emission()
  const chunks = emission.model(async (constant) => {
    asked = constant
    return new Float32Array(elementCount(constant.type.shape) as number)
  })
  for await (const { length } of chunks) {
    const weight = asked && described(asked, keep)
    if (weight) {
      give(at)
      pieces.push({ weight })
      copied = at + length
    }
    asked = undefined
    at += length
  }
  give(file.length)
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify({ pieces }))
  writeFileSync(join(folder, 'given'), Buffer.concat(given))
  writeFileSync(join(folder, 'numbers'), new Uint8Array(Float64Array.from(numbers).buffer))
}

/** How the weights of convolutions are drawn: as they were planned (seed 0), with batch norms folded into them. */
export function drawn(plain: Graph): Described<Weight> {
  const plans = planParameters(plain, 0)
  return (constant, keep) => {
    const { parameter, factor } = scaledFrom(constant)
    const plan = parameter && plans.get(parameter.attributes.name)
    if (!plan || !('kernel' in plan)) return undefined
    const { extent, means, sums, layout } = plan.kernel
    const factors = factor ? factorsOf(factor, plans) : new Float64Array(sums.length).fill(1)
    return {
      name: parameter.attributes.name,
      outs: layout.outs,
      ins: layout.ins,
      area: layout.area,
      extent,
      means: keep(means),
      sums: keep(sums),
      factors: keep(factors),
    }
  }
}

/** Where the weights of convolutions lie in a file that has the seeded ones (seed 0), and what scales them. */
export function stored(plain: Graph, weights: Weights): Described<StoredWeight> {
  const plans = planParameters(plain, 0)
  return (constant, keep) => {
    const { parameter, factor } = scaledFrom(constant)
    const place = parameter && factor && weights.stored?.(parameter)
    if (!place) return undefined
    const [outs = 1, ...rest] = parameter.attributes.shape
    return {
      offset: place.offset,
      outs,
      size: rest.reduce((a, b) => a * b, 1),
      factors: keep(factorsOf(factor, plans)),
    }
  }
}

/** The parameter that a constant is, or is a scaled one of. */
function scaledFrom(constant: Constant): { parameter?: NodeOf<'parameter'>; factor?: Constant } {
  if (constant.kind === 'parameter') return { parameter: constant }
  const [parameter, factor] = constant.inputs.from
  const scales = constant.attributes.derivation.rule === 'scaleChannels'
  return scales && parameter?.kind === 'parameter' && factor ? { parameter, factor } : {}
}

/** scale / sqrt(variance + epsilon). */
function factorsOf(factor: Constant, plans: ReadonlyMap<string, Planned>): Float64Array {
  if (factor.kind !== 'derived' || factor.attributes.derivation.rule !== 'normFactor')
    throw new Error(`${factor.origin.path} is no factor of a batch norm`)
  const { epsilon } = factor.attributes.derivation
  const [scale, variance] = (factor.inputs.from as readonly NodeOf<'parameter'>[]).map((from) =>
    drawParameter(from, plans.get(from.attributes.name), 0),
  ) as [Float32Array, Float32Array]
  return Float64Array.from(scale, (s, c) => s / Math.sqrt((variance[c] as number) + epsilon))
}
