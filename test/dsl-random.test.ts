import fc from 'fast-check'
import { compile } from 'heddle'
import t from 'tap'
import { nodesOf } from '../src/compiler/graph.js'
import { Feature } from '../src/dsl/feature.js'
import { networkOf, type RandomNetwork } from './support/random/network.js'
import { type Recipe, recipes } from './support/random/recipe.js'

const written = recipes(['layers', 'joins', 'stages', 'foreigners'])

/** Shapes of the maps that a network of a size puts out: as they are, and as widths and strides tell. */
function shapes({ model }: RandomNetwork, height: number, width: number): [unknown[], unknown[]] {
  const { graph } = compile(model, { size: { height, width }, passes: [] })
  const maps = Object.entries(model.outputs).filter(([, x]) => x instanceof Feature)
  return [
    maps.map(([name]) => graph.outputs.find((each) => each.name === name)?.value.type.shape),
    maps.map(([, x]) => {
      const { channels, stride } = x as Feature
      return [1, channels, Math.ceil(height / stride), Math.ceil(width / stride)]
    }),
  ]
}

const plainly = ({ ends: _, ...recipe }: Recipe): Recipe => recipe

t.test('maps have their widths and strides, where every stride divides the input', async (t) => {
  const made = fc.property(
    written,
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
    (recipe, down, across) => {
      t.strictSame(...shapes(networkOf(plainly(recipe)), 16 * down, 16 * across))
    },
  )
  fc.assert(made, { seed: 3, numRuns: 100 })
})

/** Whether all windows have a centre, and all that is resized is resized to the size of a map. */
function takesAnySize({ model }: RandomNetwork): boolean {
  return nodesOf(model.graph).every((node) => {
    if (node.kind === 'depthToSpace') return false
    if (node.kind === 'convTranspose') return node.attributes.strides[0] === 1
    if (node.kind === 'resize') return node.inputs.like !== undefined
    if (node.kind === 'pool') return node.attributes.kernel[0] % 2 === 1
    return node.kind !== 'conv' || node.inputs.weight.type.shape.slice(2).every(isOdd)
  })
}

const isOdd = (side: unknown): boolean => Number(side) % 2 === 1

t.test('with odd windows, and resized to maps alone, a network takes any input', async (t) => {
  const sizes = fc.property(
    written,
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 200 }),
    (recipe, height, width) => {
      const network = networkOf(plainly(recipe))
      fc.pre(takesAnySize(network))
      t.strictSame(...shapes(network, height, width))
    },
  )
  fc.assert(sizes, { seed: 3, numRuns: 60 })
})
