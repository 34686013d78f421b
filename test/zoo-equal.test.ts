import { join } from 'node:path'
import t from 'tap'
import { build } from '../src/build/build.js'
import { withGraph, withSession } from '../src/build/open-graph.js'
import { compile } from '../src/compile.js'
import type { Model } from '../src/dsl/model.js'
import { families, zooModel } from '../src/models/zoo.js'
import { compare } from '../src/runtime/compare.js'
import { seededInput } from '../src/runtime/inputs.js'
import { openSession } from '../src/runtime/session.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { smallSize } from '../src/verify/run-size.js'
import { verify } from '../src/verify/verify.js'
import { seeded } from '../src/weights/seeded/seeded.js'

const wide = families.filter(({ name }) => name.includes('{C}'))
const networks: readonly Model[] = [
  ...[1, 7].flatMap((width) => wide.map(({ make }) => make(width))),
  ...families.filter((each) => !wide.includes(each)).map(({ make }) => make(undefined)),
]
const ofBottlenecks: readonly Model[] = ['c', 'ci', 'cii'].flatMap((head) =>
  [4, 8].map((width) => zooModel(`hrnet-w${width}-${head}`, { unit: 'bottleneck' })),
)

t.equal(networks.length, 24)

for (const [note, all] of [
  ['', networks],
  [', of bottleneck units,', ofBottlenecks],
] as const)
  for (const network of all)
    t.test(`${network.name}${note} is built, loaded, and equals itself as written`, async (t) => {
      const path = join(t.testdir(), 'net.onnx')
      const size = { batch: 1, ...smallSize(network) }
      const { passes } = await build(network, { output: path, size })
      t.match(
        passes.find(({ name }) => name === 'fold-batch-norm'),
        { declined: [] },
      )
      const { plain } = compile(network, { size, passes: [] })
      const [input] = plain.inputs.map(({ attributes }) => attributes.name) as [string]
      const dims = [1, 3, size.height, size.width]
      const feeds = { [input]: { data: seededInput(3 * size.height * size.width, 0), dims } }
      const written = await withGraph(
        plain,
        seeded(network.graph, 0),
        { optimize: false },
        ({ session }) => session.run(feeds),
      )
      const built = await withSession(openSession(path, { optimize: true }), (session) =>
        session.run(feeds),
      )
      t.same(Object.keys(built), Object.keys(network.outputs))
      for (const [name, reference] of Object.entries(written)) {
        const { ok, relative } = compare(name, reference, built[name] as TensorData, 1e-5)
        t.ok(ok, `${name} ${relative}`)
      }
    })

// Every network is proved by `npm run zoo`.
for (const name of ['hrnet-v1-w1', 'hrnet-v2-w1', 'hrnet-w1-ci'])
  t.test(`${name} is proved`, async (t) => {
    t.match(await verify(zooModel(name)), { verdict: 'equal', reference: 'float64' })
  })
