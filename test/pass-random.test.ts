import fc from 'fast-check'
import t from 'tap'
import { compile } from '../src/compile.js'
import { print } from '../src/compiler/print.js'
import { pipeline } from '../src/passes/pipeline.js'
import { verify } from '../src/verify/verify.js'
import { networkOf } from './support/random/network.js'
import { everything, recipes } from './support/random/recipe.js'

// That each pass keeps what a network computes, random-networks.test.ts shows.

t.test('whatever the network, a second round leaves its graph as it is', (t) => {
  fc.assert(
    fc.property(recipes(everything), (recipe) => {
      const { model, size } = networkOf(recipe)
      const { graph } = compile(model, { size })
      for (const pass of pipeline)
        if (pass.run(graph).graph !== graph)
          throw new Error(
            `${pass.name} still fires\n${print(graph)}\n${print(pass.run(graph).graph)}`,
          )
    }),
    { numRuns: 100, seed: 4 },
  )
  t.end()
})

t.test('and ONNX Runtime computes the same of both, at every feature that survives', async (t) => {
  const some = fc.sample(recipes(['layers', 'joins', 'stages', 'foreigners', 'beyond']), {
    numRuns: 5,
    seed: 6,
  })
  for (const recipe of some) {
    const { model, size, source } = networkOf(recipe)
    const { ok, features, outputs } = await verify(model, { size, features: true })
    t.ok(ok, source, { outputs, first: features?.first })
  }
})
