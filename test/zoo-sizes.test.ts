import t from 'tap'
import type { InputSize } from '../src/compiler/specialise.js'
import type { Model } from '../src/dsl/model.js'
import { zooModel } from '../src/models/zoo.js'
import { planRun } from '../src/verify/run-size.js'
import { equalsAsWritten } from './support/as-written.js'
import { refusal, suggested } from './support/input-size.js'

/** A side that every network takes. */
const fitting = 96

const sides = Array.from({ length: 97 }, (_, i) => i + 1)

for (const [name, least, tried] of [
  ['hrnet-small-v1-c', 29, sides],
  // A thousand nodes each time: up to 4 from a multiple of 32.
  ['hrnet-v2p-w1', 61, sides.filter((side) => (side + 4) % 32 <= 8)],
] as const)
  t.test(
    `${name} under nearest fusion takes what rounds up to a multiple of 32, else names the nearest`,
    async (t) => {
      const model = zooModel(name)
      const takes = (side: number): boolean => side >= least && (side % 32 === 0 || side % 32 >= 29)
      for (const side of tried)
        t.equal(refusal(model, side, fitting) === undefined, takes(side), `${side}`)
      for (const side of [1, 33, 45, 50, 60, 65, 90]) {
        if (takes(side)) continue
        let [low, high] = [side, side]
        while (low > 0 && !takes(low)) low--
        while (!takes(high)) high++
        const nearest = [low, high].filter((each) => each > 0)
        nearest.sort((a, b) => Math.abs(a - side) - Math.abs(b - side))
        const pairs = nearest.map((each) => [each, fitting])
        t.same(suggested(refusal(model, side, fitting)), pairs, `${side}`)
        const turned = nearest.map((each) => [fitting, each])
        t.same(suggested(refusal(model, fitting, side)), turned, 'along the other side too')
      }
    },
  )

t.test('what one network under nearest fusion suggests, each of them does', async (t) => {
  for (const name of ['hrnet-v1-w1', 'hrnet-w1-cii', 'hrnet-w1-trunk', 'hrnet-w1-features'])
    t.same(suggested(refusal(zooModel(name), 50, 33)), [
      [61, 32],
      [32, 32],
      [61, 61],
    ])
})

t.test('bilinear fusion takes any size, down to a single pixel', async (t) => {
  for (const [height, width] of [
    [65, 97],
    [31, 33],
    [1, 1],
    [3, 130],
  ] as const)
    await equalsAsWritten(t, zooModel('hrnet-v2-w2'), { height, width })
  for (const network of [
    zooModel('hrnet-v2-landmarks-w2', { alignCorners: true }),
    zooModel('hrnet-v2-w2', { upsample: 'nearest', fuseToSize: true }),
    zooModel('hrnet-w2-ci', { fuseToSize: true }),
  ])
    await equalsAsWritten(t, network, { height: 33, width: 49 })
  await equalsAsWritten(t, zooModel('hrnet-v2p-w2', { fuseToSize: true }), {
    height: 65,
    width: 97,
  })
})

t.test('nearest fusion runs at the sizes that it suggests, multiples of 32 or not', async (t) => {
  await equalsAsWritten(t, zooModel('hrnet-v1-w2'), { height: 61, width: 94 })
  await equalsAsWritten(t, zooModel('hrnet-w2-trunk'), { height: 29, width: 64 })
})

t.test('a pyramid runs at the least size that fills its levels, and not below', async (t) => {
  for (const options of [{}, { fuseToSize: true }, { upsample: 'bilinear' }] as const) {
    const model = zooModel('hrnet-v2p-w1', options)
    const [[height] = [0]] = suggested(refusal(model, 20, 64))
    t.ok(refusal(model, height - 1, 64))
    await equalsAsWritten(t, model, { height, width: 64 })
  }
})

t.test('sizes left open are as those that are stated', async (t) => {
  const open = async (model: Model, open: Partial<InputSize>): Promise<void> => {
    const { run } = planRun(model, open)
    await equalsAsWritten(t, model, { ...run, open })
  }
  const [any, by64] = [{ multiple: 1 }, { multiple: 64 }]
  await open(zooModel('hrnet-v1-w2', { fuseToSize: true }), { batch: any, height: any, width: any })
  await open(zooModel('hrnet-v2-landmarks-w2', { alignCorners: true }), { height: any, width: any })
  await open(zooModel('hrnet-v2p-w2'), { height: by64, width: by64 })
  t.match(refusal(zooModel('hrnet-w2-c'), any, any), 'This works: dynamic/32.')
  t.match(refusal(zooModel('hrnet-v2p-w2'), any, any), 'This works: dynamic/64.')
  for (const name of ['hrformer-t', 'faster-rcnn-hrnet-v2p-w2'])
    t.match(refusal(zooModel(name), any, any), /Give height and width in numbers(?!.*This works)/)
})
