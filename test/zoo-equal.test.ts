import { join } from 'node:path'
import t from 'tap'
import { build } from '../src/build/build.js'
import type { Model } from '../src/dsl/model.js'
import { zooModel } from '../src/models/zoo.js'
import { smallSize } from '../src/verify/run-size.js'
import { verify } from '../src/verify/verify.js'
import { equalsAsWritten } from './support/as-written.js'
import { lightFamilies } from './support/light-families.js'

const wide = lightFamilies.filter(({ name }) => name.includes('{C}'))
const networks: readonly Model[] = [
  // Of width 7 those of fidelity.test.ts are.
  ...wide.map(({ make, multiple }) => make(multiple)),
  ...lightFamilies.filter((each) => !wide.includes(each)).map(({ make }) => make(undefined)),
]
const ofBottlenecks: readonly Model[] = ['c', 'ci', 'cii'].map((head) =>
  zooModel(`hrnet-w4-${head}`, { unit: 'bottleneck' }),
)

t.equal(networks.length, lightFamilies.length)

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
      await equalsAsWritten(t, network, { ...size, path })
    })

// Every network is proved by `npm run zoo`, an HRNetV2 by verify.test.ts, and an HRNetV1 by cli-weights.test.ts.
t.test('hrnet-w1-ci is proved', async (t) => {
  t.match(await verify(zooModel('hrnet-w1-ci')), { verdict: 'equal', reference: 'float64' })
})
