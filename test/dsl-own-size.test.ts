import t from 'tap'
import { lower } from '../src/build/to-onnx.js'
import {
  adaptivePool,
  add,
  basic,
  concat,
  conv,
  convTranspose,
  type Feature,
  foreign,
  image,
  type Model,
  maxPool,
  model,
  resize,
} from '../src/index.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { emitted, plain } from './support/emitted.js'
import { decoded } from './support/onnx-faults.js'
import { sized } from './support/passes.js'

const nearest = { mode: 'nearest' } as const
const net = (body: (x: Feature<4, 1>) => Feature): Model =>
  model('net', image(4), (x) => ({ y: body(x) }))

/** What a network puts out at 8×12. */
const shapeOf = (body: (x: Feature<4, 1>) => Feature): unknown =>
  sized(net(body), 8, 12).outputs[0]?.value.type.shape

t.test('a map of a size of its own keeps it free of the input through every layer', (t) => {
  const finer = (x: Feature<4, 1>): Feature<3, 0> => {
    const own: Feature<4, 0> = adaptivePool(x, [3, 5])
    const coarser: Feature<6, 0> = conv(own, 6, { kernel: 3, stride: 2 })
    const unit: Feature<8, 0> = basic(8)(maxPool(coarser, { kernel: 3, stride: 1 }))
    return convTranspose(unit, 3, { kernel: 2, stride: 2 })
  }
  t.same(shapeOf(finer), [1, 3, 4, 6])
  t.same(
    shapeOf((x) => resize(finer(x), x, nearest)),
    [1, 3, 8, 12],
  )
  t.same(
    shapeOf((x) => resize(x, finer(x), nearest)),
    [1, 4, 4, 6],
  )
  t.same(
    shapeOf((x) => adaptivePool(x, finer(x))),
    [1, 4, 4, 6],
  )
  t.end()
})

t.test('its size is told to nothing that needs a stride, and meets its like alone', (t) => {
  const own = (x: Feature<4, 1>) => adaptivePool(x, [3, 5])
  t.throws(() => net((x) => resize(own(x), 4, nearest)), {
    rule: 'resize-stride',
    message: /a feature of 4 channels of a size of its own to stride 4/,
  })
  // @ts-expect-error
  t.throws(() => net((x) => add(x, own(x))), { name: 'NetworkError', rule: 'sum-stride' })
  // @ts-expect-error
  t.throws(() => net((x) => concat(own(x), x)), { name: 'NetworkError', rule: 'concat-stride' })
  t.throws(() => net((x) => add(own(x), adaptivePool(x, [2, 5]))), {
    rule: 'shape',
    message: /3 is not 2/,
  })
  const results = [{ kind: 'feature', channels: 4, stride: 2 }] as const
  t.throws(() => net((x) => foreign('Relu', { inputs: [own(x)], results })[0]), {
    name: 'NetworkError',
    rule: 'foreign-reference',
  })
  t.end()
})

/** The operators of a file for some size. */
async function operators(
  body: (x: Feature<4, 1>) => Feature,
  multiple: number,
): Promise<readonly unknown[]> {
  const side = { multiple }
  const { plain: graph } = plain(net(body), { height: side, width: side })
  const { bytes } = await emitted(t, graph)
  return (decoded(bytes).graph?.node ?? []).map(({ opType }) => opType)
}

t.test(
  'an open size holds windows alike, and a file of others is refused with a remedy',
  async (t) => {
    const toEighth = (x: Feature<4, 1>) => adaptivePool(x, maxPool(x, { kernel: 3, stride: 8 }))
    t.same(await operators((x) => adaptivePool(x, [1, 1]), 1), ['GlobalAveragePool'])
    t.same(await operators(toEighth, 32), ['MaxPool', 'AveragePool'])
    for (const [body, multiple] of [
      [toEighth, 1],
      [(x: Feature<4, 1>) => adaptivePool(x, [3, 3]), 32],
    ] as const) {
      const side = { multiple }
      const { plain: graph } = plain(net(body), { height: side, width: side })
      t.throws(() => lower(graph, seeded(graph, 0)).emission(), {
        name: 'NetworkError',
        rule: 'open-size',
        message: /its windows are open\n.*\n.*Give height and width in numbers/s,
      })
    }
  },
)
