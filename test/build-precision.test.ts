import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { build } from '../src/build/build.js'
import { compileFor } from '../src/build/compile-for.js'
import { madeImage } from '../src/build/made-images.js'
import { withSession } from '../src/build/open-graph.js'
import type { Calibration } from '../src/build/to-onnx.js'
import { toOnnx } from '../src/build/to-onnx.js'
import { calibrationText } from '../src/cli/precision.js'
import { operationsOf } from '../src/compiler/graph.js'
import { peakActivations } from '../src/compiler/memory.js'
import { metadataOf } from '../src/files/metadata.js'
import {
  add,
  conv,
  convBnRelu,
  convHead,
  deployed,
  InputError,
  image,
  imagenet,
  model,
  relu,
} from '../src/index.js'
import { openSession } from '../src/runtime/session.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { passesNamed } from '../src/targets/named.js'
import { targets } from '../src/targets/targets.js'
import { decoded } from './support/onnx-faults.js'
import { pictureFile } from './support/pictures.js'

const net = model('net', image(3, { size: [32, 48], normalisation: imagenet }), (x) => ({
  y: convHead(convBnRelu(convBnRelu(x, 8, { kernel: 3, stride: 2 }), 6, { kernel: 3 }), 5),
}))
const size = { batch: 1, height: 32, width: 48 }

async function outputOf(path: string, x: TensorData): Promise<Float32Array> {
  return withSession(openSession(path, { optimize: true }), async (session) => {
    const { y } = await session.run({ image: x })
    return y?.data as Float32Array
  })
}

/** Of the reference, rms. */
function apart(a: Float32Array, b: Float32Array): number {
  const power = (of: Float32Array): number => of.reduce((sum, x) => sum + x * x, 0)
  return Math.sqrt(power(a.map((x, i) => x - (b[i] as number))) / power(b))
}

t.test(
  'float16 takes half of the bytes, int8 a quarter, and both answer much the same',
  async (t) => {
    const folder = t.testdir()
    const built = await Promise.all(
      (['float32', 'float16', 'int8'] as const).map((precision) =>
        build(net, { output: join(folder, `${precision}.onnx`), size, precision }),
      ),
    )
    const [float32, float16, int8] = built.map(({ path }) => path) as [string, string, string]
    t.same(
      built.map(({ precision }) => precision),
      ['float32', 'float16', 'int8'],
    )
    const x = madeImage(net, size, 99)
    const reference = await outputOf(float32, x)
    const half = apart(await outputOf(float16, x), reference)
    t.ok(half > 0 && half < 2e-3, `float16: ${half}`)
    const byte = apart(await outputOf(int8, x), reference)
    t.ok(byte > 0 && byte < 0.05, `int8: ${byte}`)
    const metadata = await metadataOf(int8)
    t.equal(metadata.get('precision'), 'int8')
    t.equal(metadata.get('calibration'), '{"images":8,"made":true}')
    t.same(built[2]?.calibration, { images: 8, made: true })
    t.equal((await metadataOf(float16)).get('precision'), 'float16')
    t.notOk((await metadataOf(float16)).has('calibration'))
  },
)

t.test(
  'the same pictures give the same bytes, and a size that is left open is calibrated too',
  async (t) => {
    const folder = t.testdir()
    const open = { batch: { multiple: 1 }, height: { multiple: 2 }, width: { multiple: 2 } }
    const bytes = async (name: string): Promise<Buffer> =>
      readFileSync(
        (await build(net, { output: join(folder, name), size: open, precision: 'int8' })).path,
      )
    const [first, second] = [await bytes('a.onnx'), await bytes('b.onnx')]
    t.ok(first.equals(second))
    const x = madeImage(net, { height: 20, width: 40 }, 1)
    t.equal((await outputOf(join(folder, 'a.onnx'), x)).length, 5 * 10 * 20)
  },
)

t.test(
  'it is calibrated on the pictures of a folder, of any size and name; what else is there is counted',
  async (t) => {
    const folder = t.testdir({
      'a.png': Buffer.from(pictureFile('rgb.png')),
      'a picture by its bytes': Buffer.from(pictureFile('rgb.png')),
      'labels.txt': 'cat dog',
      'text.png': 'no picture, by its bytes',
      empty: '',
      within: {},
      '.hidden': 'no picture',
    })
    for (const [network, batch] of [
      [net, 1],
      [deployed(net, { inputFormat: 'uint8-nhwc' }), 2],
    ] as const) {
      const { calibration, compilation } = await compileFor(network, {
        size: { ...size, batch },
        precision: 'int8',
        calibrate: folder,
      })
      t.same(calibration, { images: 2, made: false, others: 3 })
      t.equal(
        calibrationText(calibration as Calibration, (text) => text),
        '  int8, calibrated on 2 pictures, 3 other files of the folder left out',
      )
      t.notOk(operationsOf(compilation.graph).some(({ kind }) => kind === 'batchNorm'))
    }
  },
)

t.test('inputs of one’s own calibrate as well as pictures', async (t) => {
  const calibrate = [madeImage(net, size, 0), madeImage(net, size, 1)]
  const { calibration } = await compileFor(net, { size, precision: 'int8', calibrate })
  t.same(calibration, { images: 2, made: false })
})

t.test('what cannot be calibrated says so', async (t) => {
  const folder = t.testdir({ text: { 'notes.txt': 'not a picture' }, empty: {}, 'file.png': 'x' })
  const silent = model('silent', image(3, { size: [32, 48] }), (x) => ({ y: convHead(x, 5) }))
  const output = join(folder, 'net.onnx')
  const x = madeImage(net, size, 0)
  const wrong = {
    'empty has 0 pictures among 0 files': { calibrate: join(folder, 'empty') },
    'text has 0 pictures among 1 files': { calibrate: join(folder, 'text') },
    'cannot be read: there is no such folder': { calibrate: join(folder, 'none') },
    'cannot be read: it is a file': { calibrate: join(folder, 'file.png') },
    '0 inputs to calibrate net on': { calibrate: [] },
    'an input of float32 [1, 3, 48, 32]': { calibrate: [{ ...x, dims: [1, 3, 48, 32] }] },
    'has no range': { calibrate: [{ ...x, data: new Float32Array(3 * 32 * 48).fill(NaN) }] },
    'a network in float16, which needs none': { precision: 'float16', calibrate: [x] },
  } as const
  for (const [problem, options] of Object.entries(wrong))
    await t.rejects(build(net, { precision: 'int8', size, output, ...options }), {
      message: new RegExp(problem.replace(/[[\]]/g, '\\$&')),
      name: 'InputError',
    })
  await t.rejects(
    build(silent, { precision: 'int8', size, output, calibrate: join(folder, 'text') }),
    { message: /silent does not say how pixels become its input/ },
  )
  const four = model('four', image(4, { size: [32, 48] }), (x) => ({ y: convHead(x, 5) }))
  await t.rejects(
    build(four, { precision: 'int8', size, output, calibrate: join(folder, 'text') }),
    { message: /four reads images of 4 channels, and pictures, as those of .*text, have 1 or 3/ },
  )
  t.throws(() => statSync(output), 'and no file is left')
})

t.test(
  'whatever the precision, what is asked for with little memory is put in order last',
  async (t) => {
    const folder = t.testdir()
    // The sum of two maps, one of which comes from a wide one: as written, the narrow one waits for it.
    const waiting = model('waiting', image(3, { size: [16, 16], normalisation: imagenet }), (x) => {
      const narrow = conv(x, 8, { kernel: 1, name: 'narrow' })
      const wide = relu(conv(x, 32, { kernel: 3, name: 'wide' }))
      return { y: add(narrow, conv(wide, 8, { kernel: 3, name: 'gate' })) }
    })
    const at = { batch: 1, height: 16, width: 16 }
    for (const precision of ['float32', 'float16', 'int8'] as const) {
      const options = { size: at, precision }
      const made = async (lowMemory: boolean) => {
        const { compilation } = await compileFor(waiting, { ...options, lowMemory })
        const output = join(folder, `${precision}-${lowMemory}.onnx`)
        const { explanation } = await build(waiting, { ...options, lowMemory, output })
        const nodes = decoded(readFileSync(output)).graph?.node ?? []
        const convs = nodes.flatMap(({ opType, name }) => (opType === 'Conv' && name ? [name] : []))
        return { graph: compilation.graph, last: explanation.passes.at(-1), convs }
      }
      const [usual, low] = [await made(false), await made(true)]
      t.ok(low.graph.order && !usual.graph.order, precision)
      const peaks = { before: peakActivations(usual.graph), after: peakActivations(low.graph) }
      t.ok(peaks.after < peaks.before, `${precision}: ${peaks.after} of ${peaks.before}`)
      t.match(low.last, { name: 'order-nodes', memory: peaks }, 'and it says so')
      t.match(usual.convs, [/narrow/, /wide/, /gate/])
      t.match(low.convs, [/wide/, /gate/, /narrow/])
    }
    const { compilation } = await compileFor(waiting, {
      size: at,
      precision: 'float16',
      passes: passesNamed(['share-common', 'order-nodes'], targets.portable),
    })
    t.same(
      compilation.passes.map(({ name }) => name),
      ['share-common', 'narrow-to-float16', 'order-nodes'],
      'so too where it is asked for by name',
    )
  },
)

t.test('what does not go together is refused', async (t) => {
  const folder = t.testdir()
  t.throws(() => toOnnx(net, { precision: 'int8' }), InputError)
  t.ok(toOnnx(net, { precision: 'float16' }).bytes < toOnnx(net).bytes)
  const huge = {
    label: 'huge',
    read: ({ attributes }: { attributes: { shape: readonly number[] } }) =>
      new Float32Array(attributes.shape.reduce((a, b) => a * b, 1)).fill(1e30),
  }
  await t.rejects(
    build(net, { precision: 'float16', size, output: join(folder, 'a.onnx'), weights: huge }),
    { message: /infinite in float16, which ends at 65504/ },
  )
  await t.rejects(
    build(net, {
      precision: 'int8',
      size,
      output: join(folder, 'b.onnx'),
      inPlace: true,
      weights: huge,
    }),
    /weights are to stay in place, where they are float32, and the network is asked for in int8/,
  )
})
