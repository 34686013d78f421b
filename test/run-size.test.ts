import t from 'tap'
import { conv, convTranspose, foreign, image, type Model, model, type Step } from '../src/index.js'
import { zooModel } from '../src/models/zoo.js'
import { planRun, smallSize } from '../src/verify/run-size.js'

/** A network down to a stride and back, of a default size. */
function net(coarsest: Step, ...size: readonly [number, number]): Model {
  return model('net', image(3, { size }), (x) => {
    const coarse = conv(x, 4, { kernel: coarsest, stride: coarsest })
    return { y: convTranspose(coarse, 4, { kernel: coarsest, stride: coarsest }) }
  })
}

t.test(
  'a small size has 2 pixels at the coarsest level, 16 of its own, and the proportions of the default',
  (t) => {
    const sizes: readonly (readonly [Model, number, number])[] = [
      [zooModel('hrnet-v2-w1'), 64, 128],
      [zooModel('hrnet-v1-w1'), 96, 64],
      [zooModel('hrnet-w1-c'), 64, 64],
      // Down to 1/64, and pooled on to 1/512.
      [zooModel('ddrnet-23-slim'), 128, 256],
      [net(1, 224, 224), 16, 16],
      [net(16, 512, 512), 32, 32],
      [net(16, 1000, 1500), 32, 48],
      [net(16, 1500, 1000), 48, 32],
      // 800×1216 at 64: 2 × 1.52 coarsest pixels are 3.
      [net(64, 800, 1216), 128, 192],
      // No longer than 4 times the shorter side.
      [net(8, 100, 4000), 16, 64],
      // The default itself, where it is smaller.
      [net(128, 64, 64), 64, 64],
      [net(32, 32, 100), 32, 100],
    ]
    for (const [network, height, width] of sizes)
      t.strictSame(smallSize(network), { height, width }, `${network.image.size}`)
    const folded = model('folded', image(3), (x) => {
      const batch = { operand: 0, axis: 0, times: 1, over: 16 }
      const results = [{ kind: 'tensor', shape: [batch, 3] }] as const
      return { y: foreign('Fold', { inputs: [x], results })[0] }
    })
    t.strictSame(smallSize(folded), { height: 16, width: 16 }, 'a batch has no level')
    t.end()
  },
)

t.test('sides that are stated are run as stated; the others are small', (t) => {
  const network = net(16, 512, 512)
  t.strictSame(planRun(network), {
    asked: { batch: 1, height: 32, width: 32 },
    run: { batch: 1, height: 32, width: 32 },
    chosen: true,
  })
  const size = { batch: 3, height: 100, width: 50 }
  t.strictSame(planRun(network, size), { asked: size, run: size, chosen: false })
  t.strictSame(planRun(network, { height: 100, width: undefined } as never), {
    asked: { batch: 1, height: 100, width: 32 },
    run: { batch: 1, height: 100, width: 32 },
    chosen: true,
  })
  t.end()
})

t.test('free sides are run small, unequal, and of a free batch there are two', (t) => {
  const network = net(16, 512, 512)
  const free = { multiple: 1 }
  const run = (height: number | typeof free, width: number | typeof free, batch = 1) =>
    planRun(network, { batch: batch === 1 ? 1 : { multiple: batch }, height, width }).run
  t.strictSame(run(free, free), { batch: 1, height: 35, width: 37 })
  t.strictSame(run(free, free, 3), { batch: 6, height: 35, width: 37 })
  t.strictSame(run({ multiple: 32 }, { multiple: 32 }), { batch: 1, height: 32, width: 64 })
  t.strictSame(run({ multiple: 24 }, { multiple: 7 }), { batch: 1, height: 48, width: 35 })
  t.strictSame(run(37, free), { batch: 1, height: 37, width: 53 }, 'not taken for the height')
  t.strictSame(run(free, 35), { batch: 1, height: 35, width: 35 }, 'a side that is stated is kept')
  t.end()
})

t.test('an input tells its own size, which is to be the one that is stated', (t) => {
  const network = net(2, 8, 8)
  const input = (...dims: number[]) => ({
    dims,
    type: 'float32' as const,
    data: new Float32Array(dims.reduce((a, b) => a * b, 1)),
  })
  t.strictSame(planRun(network, {}, input(2, 3, 6, 10)), {
    asked: { batch: 2, height: 6, width: 10 },
    run: { batch: 2, height: 6, width: 10 },
    chosen: false,
  })
  const { asked, run } = planRun(network, { height: { multiple: 2 } }, input(1, 3, 6, 10))
  t.strictSame([asked.height, run.height], [{ multiple: 2 }, 6])
  const refused = (size: object, ...dims: number[]) =>
    t.throws(() => planRun(network, size, input(...dims)), {
      name: 'InputError',
      message: new RegExp(
        `an input of float32 \\[${dims.join(', ')}\\] with ${input(...dims).data.length}`,
      ),
    })
  refused({}, 1, 4, 6, 10)
  refused({}, 3, 6, 10)
  refused({}, 1, 3, 6, 10, 1)
  refused({ height: 8 }, 1, 3, 6, 10)
  refused({ width: { multiple: 4 } }, 1, 3, 6, 10)
  refused({ batch: 2 }, 1, 3, 6, 10)
  const short = { ...input(1, 3, 6, 10), data: new Float32Array(7) }
  t.throws(() => planRun(network, { batch: 1 }, short), {
    message: /\[1, 3, 6, 10\] with 7 elements for net, which takes float32 \[1, 3, 6, 10\]/,
  })
  t.end()
})
