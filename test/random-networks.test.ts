import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { registerHooks } from '../src/cli/load.js'
import { nodesOf } from '../src/compiler/graph.js'
import type { Node } from '../src/compiler/node.js'
import { print } from '../src/compiler/print.js'
import { type Pass, rewrite } from '../src/compiler/rewrite.js'
import type { Model } from '../src/index.js'
import { removeIdentities } from '../src/passes/remove-identities.js'
import { everyPass, never } from './support/every-pass.js'
import { scratch } from './support/heddle.js'
import { examine, printFailure } from './support/random/examine.js'
import { networkOf } from './support/random/network.js'
import { allLayers, everything, recipes } from './support/random/recipe.js'

t.test('whatever the network, every pass and every target keep what it computes', async (t) => {
  const failures: string[] = []
  for (let seed = 0; seed < 140 && failures.length === 0; seed++) {
    const failure = await examine({ seed, runtime: seed % 20 === 0 })
    if (failure) failures.push(printFailure(failure))
  }
  t.same(failures, [])
})

t.test('the networks are of all there is in the language', (t) => {
  const sample = fc.sample(recipes(everything), { numRuns: 400, seed: 1 })
  const layers = new Set(sample.flatMap(({ steps }) => steps.map(({ layer }) => layer)))
  t.same(
    Object.keys(allLayers).filter((layer) => !layers.has(layer)),
    [],
  )
  const kinds = new Set(sample.flatMap((each) => nodesOf(networkOf(each).plain).map(kindOf)))
  // What passes alone make, and numbers of fewer bits.
  for (const kind of ['pad', 'quantize', 'dequantize']) t.notOk(kinds.has(kind), kind)
  t.equal(kinds.size, 28 + 9, 'every other kind, and every activation')
  t.end()
})

const kindOf = (node: Node): string =>
  node.kind === 'activation' ? `activation ${node.attributes.function.name}` : node.kind

t.test('every pass that there is goes through them', (t) => {
  const sources = new URL('../../src/passes/', import.meta.url)
  const written = readdirSync(sources).flatMap((file) =>
    [...readFileSync(new URL(file, sources), 'utf8').matchAll(/^ {2,4}name: '(.+)',$/gm)].map(
      ([, name]) => name,
    ),
  )
  const names = new Set(everyPass([never]).map(({ name }) => name))
  t.same(
    written.filter((name) => !names.has(name as string)),
    ['quantize'],
    'all but the one that needs ranges',
  )
  t.end()
})

t.test('the source that is printed of a network makes the same network', async (t) => {
  await registerHooks()
  const sample = fc.sample(recipes(everything), { numRuns: 8, seed: 2 })
  const files = Object.fromEntries(sample.map((each, n) => [`${n}.ts`, networkOf(each).source]))
  const folder = scratch(t, files)
  for (const [n, each] of sample.entries()) {
    const { network } = await import(pathToFileURL(join(folder, `${n}.ts`)).href)
    const { model } = networkOf(each)
    t.equal(print((network as Model).graph), print(model.graph), `${n}`)
  }
})

/** pool k×k, stride 1 (x) = x: the guard that k is 1 is forgotten. */
const forgetsKernel: Pass = {
  ...removeIdentities,
  run: (graph) =>
    rewrite(graph, (node) =>
      node.kind === 'pool' && node.attributes.strides.every((stride) => stride === 1)
        ? node.inputs.input
        : undefined,
    ),
}

t.test('a pass that is wrong is found, and told by a network of one layer', async (t) => {
  const seed = 10
  const failure = await examine({ seed, passes: [forgetsKernel] })
  t.match(failure, {
    seed,
    problem: /^remove-identities: it is to change nothing, and changes values by \d\.\d+\n/,
  })
  t.equal(
    failure?.source,
    `import { image, maxPool, model } from 'heddle'

export const network = model('random', image(1, { size: [16, 16] }), (x) => {
  const y0 = maxPool(x, { kernel: 3, stride: 1 })
  return { y0 }
})
`,
  )
  const again = await examine({ seed, passes: [forgetsKernel], path: failure?.path })
  t.same(again, failure, 'seed and path lead to the same network')
})
