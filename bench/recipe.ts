import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lower } from '../src/build/to-onnx.js'
import { compile } from '../src/compile.js'
import { elementCount } from '../src/compiler/dimension.js'
import type { Constant, NodeOf } from '../src/compiler/node.js'
import type { Model } from '../src/dsl/model.js'
import { drawParameter, type Planned, planParameters } from '../src/weights/plan.js'
import type { Piece, Recipe, Weight } from './plain-build.js'

/**
 * Writes down, for the plain program, how a file that heddle built of a network (seed 0) is made: the weights of
 * convolutions, 999 of 1,000 of its bytes, by what they are drawn from; all else as it stands in the file.
 */
export async function writeRecipe(model: Model, built: string, folder: string): Promise<void> {
  const { plain, graph } = compile(model)
  const plans = planParameters(plain, 0)
  const file = readFileSync(built)
  const pieces: Piece[] = []
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
  const emission = lower(graph, { label: '', read: () => new Float32Array() }).emission()
  const chunks = emission.model(async (constant) => {
    asked = constant
    return new Float32Array(elementCount(constant.type.shape) as number)
  })
  for await (const { length } of chunks) {
    const weight: Weight | undefined = asked && weightOf(asked, plans, numbers)
    if (weight) {
      give(at)
      pieces.push({ weight })
      copied = at + length
    }
    asked = undefined
    at += length
  }
  give(file.length)
  const recipe: Recipe = { pieces }
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify(recipe))
  writeFileSync(join(folder, 'given'), Buffer.concat(given))
  writeFileSync(join(folder, 'numbers'), new Uint8Array(Float64Array.from(numbers).buffer))
}

/** How a constant is drawn, if it is a convolution's weight: as it was planned, or with a batch norm folded into it. */
function weightOf(
  constant: Constant,
  plans: ReadonlyMap<string, Planned>,
  numbers: number[],
): Weight | undefined {
  const [parameter, factor] = constant.kind === 'derived' ? constant.inputs.from : [constant]
  if (parameter?.kind !== 'parameter') return undefined
  const { name } = parameter.attributes
  const plan = plans.get(name)
  if (!plan || !('kernel' in plan)) return undefined
  const { extent, means, sums, layout } = plan.kernel
  const keep = (more: Iterable<number>): number => {
    const place = numbers.length
    for (const number of more) numbers.push(number)
    return place
  }
  const factors = factor ? factorsOf(factor, plans) : new Float64Array(sums.length).fill(1)
  return {
    name,
    outs: layout.outs,
    ins: layout.ins,
    area: layout.area,
    extent,
    means: keep(means),
    sums: keep(sums),
    factors: keep(factors),
  }
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
