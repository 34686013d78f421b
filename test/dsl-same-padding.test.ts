import { conv, type Feature, image, type Model, model } from 'heddle'
import t from 'tap'
import { nodesOf } from '../src/compiler/graph.js'
import { specialise } from '../src/compiler/specialise.js'
import { verify } from '../src/verify/verify.js'

/** A chain of convolutions of one kernel, each of stride 2. */
function chain(layers: number, kernel: number, dilation = 1): Model {
  return model('chain', image(3, { size: [16, 16] }), (x) => {
    let y: Feature = x
    for (let n = 0; n < layers; n++)
      y = conv(y, 4, { kernel, dilation, stride: 2, padding: 'same' }) as Feature
    return { y }
  })
}

const any = { multiple: 1 }

function paddings(net: Model, height: number, width: number): readonly (readonly number[])[] {
  return nodesOf(specialise(net.graph, { batch: 1, height, width })).flatMap((node) =>
    node.kind === 'conv' ? [node.attributes.padding] : [],
  )
}

t.test(
  'padding that keeps ceil(side / stride) positions begins at the first pixel of an even side',
  async (t) => {
    t.same(paddings(chain(2, 3), 16, 16), [
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ])
    t.same(paddings(chain(2, 3), 13, 14), [
      [1, 0, 1, 1],
      [1, 1, 1, 1],
    ])
    t.same(paddings(chain(1, 1), 13, 14), [[0, 0, 0, 0]])
    t.same(paddings(chain(1, 3, 2), 13, 14), [[2, 1, 2, 2]])
    const { outputs } = specialise(chain(2, 5).graph, { batch: 1, height: 13, width: 14 })
    t.same(outputs[0]?.value.type.shape, [1, 4, 4, 4])
  },
)

t.test('a network that pads so is proved at any size', async (t) => {
  for (const [height, width] of [
    [16, 16],
    [13, 14],
  ] as const)
    t.match(await verify(chain(2, 3), { size: { height, width } }), { verdict: 'equal' })
})

t.test('a size that is open has to tell whether strides divide it', async (t) => {
  const open = (multiple: number) => () =>
    specialise(chain(2, 3).graph, { batch: any, height: { multiple }, width: { multiple } })
  t.throws(open(1), /whether 2 divides it, and nobody knows\n.*\n?.*This works: dynamic\/4/)
  t.throws(open(2), /a side of height\/2 follow/)
  t.same(paddings({ ...chain(2, 3), graph: open(4)() }, 8, 8), [
    [0, 0, 1, 1],
    [0, 0, 1, 1],
  ])
})
