import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import t, { type Test } from 'tap'
import { build } from '../src/build/build.js'
import { openCheckpoint } from '../src/checkpoint/open.js'
import { basic, convBnRelu, convHead, image, type Model, model } from '../src/index.js'
import { pipeline } from '../src/passes/pipeline.js'
import { verify } from '../src/verify/verify.js'
import { writeSeeded } from './support/seeded-file.js'

const net = model('net', image(3, { size: [32, 32] }), (x) => ({
  heatmaps: convHead(basic(8)(convBnRelu(x, 8, { kernel: 3, stride: 4 })), 5),
}))

/** As the model has it; verify alone would take a smaller one. */
const size = { height: 32, width: 32 }

interface Built {
  readonly folder: string
  readonly weightsPath: string
  readonly output: string
}

async function inFolder(t: Test, written: Model = net): Promise<Built> {
  const folder = t.testdir({ sub: {} })
  const weightsPath = join(folder, 'net.safetensors')
  await writeSeeded(weightsPath, written)
  return { folder, weightsPath, output: join(folder, 'net.onnx') }
}

/** Lets `body` use the weights of a file. */
async function bound<R>(
  path: string,
  body: (weights: ReturnType<Awaited<ReturnType<typeof openCheckpoint>>['bind']>) => Promise<R>,
): Promise<R> {
  const checkpoint = await openCheckpoint(path)
  try {
    return await body(checkpoint.bind(net))
  } finally {
    await checkpoint.close()
  }
}

t.test(
  'a model refers to its weights where they lie, and copies none of their bytes',
  async (t) => {
    const { weightsPath, output } = await inFolder(t)
    const before = readFileSync(weightsPath)
    await bound(weightsPath, async (weights) => {
      const report = await build(net, { output, weights, inPlace: true })
      t.same(report.weightPaths, [weightsPath])
      t.equal(report.dataPath, undefined)
      const { graph } = onnxProto.onnx.ModelProto.decode(readFileSync(output))
      const initializers = graph?.initializer ?? []
      t.ok(initializers.length > 10)
      for (const { name, rawData, externalData, dims } of initializers) {
        t.equal(rawData?.length ?? 0, 0, `${name} has no bytes of its own`)
        const { location, offset, length } = Object.fromEntries(
          (externalData ?? []).map(({ key, value }) => [key, value]),
        )
        t.equal(location, 'net.safetensors')
        t.equal(Number(length), 4 * (dims ?? []).reduce((a, b) => a * Number(b), 1))
        t.ok(Number(offset) + Number(length) <= before.length)
      }
      const verified = await verify(net, { path: output, weights, passes: [], size })
      t.ok(verified.ok, 'and ONNX Runtime reads them there')
    })
    t.ok(readFileSync(weightsPath).equals(before), 'the file is untouched')
  },
)

t.test('weights may stay where they are and memory count: the order changes none', async (t) => {
  const { weightsPath, output } = await inFolder(t)
  await bound(weightsPath, async (weights) => {
    const { passes } = await build(net, { output, weights, inPlace: true, lowMemory: true })
    t.equal(passes.at(-1)?.name, 'order-nodes')
  })
})

t.test('a model above its weights leads down to them', async (t) => {
  const { folder, output } = await inFolder(t)
  const below = join(folder, 'sub', 'net.safetensors')
  await writeSeeded(below, net)
  await bound(below, async (weights) => {
    await build(net, { output, weights, inPlace: true })
    t.ok((await verify(net, { path: output, weights, passes: [], size })).ok)
    const { graph } = onnxProto.onnx.ModelProto.decode(readFileSync(output))
    t.equal(graph?.initializer?.[0]?.externalData?.[0]?.value, 'sub/net.safetensors')
  })
})

t.test('weights elsewhere are refused, since ONNX Runtime does not look there', async (t) => {
  const { folder, weightsPath } = await inFolder(t)
  await bound(weightsPath, async (weights) => {
    await t.rejects(
      build(net, { output: join(folder, 'no', 'net.onnx'), weights, inPlace: true }),
      {
        message: /net\.onnx cannot be written: its folder does not exist\n/,
      },
    )
    const output = join(folder, 'sub', 'net.onnx')
    await t.rejects(build(net, { output, weights, inPlace: true }), {
      message: /net\.safetensors is not in .*sub, the folder of the model.*\n.*beside the weights/,
    })
  })
})

t.test('what may change weights, or move them, does not go with weights in place', async (t) => {
  const { weightsPath, output } = await inFolder(t)
  await bound(weightsPath, async (weights) => {
    const inPlace = true
    await t.rejects(build(net, { output, weights, inPlace, passes: pipeline }), {
      message: /pass fold-constants may change them\n.*remove-identities and share-common/,
    })
    await t.rejects(build(net, { output, weights, inPlace, external: true }), {
      message: /to go into a file of their own/,
    })
    await t.rejects(build(net, { output, inPlace }), { message: /there is no file of weights/ })
  })
})

t.test('a model never replaces the weights that it is built of', async (t) => {
  const { folder, weightsPath, output } = await inFolder(t)
  const before = readFileSync(weightsPath)
  const dataPath = join(folder, 'net.onnx.data')
  writeFileSync(dataPath, before)
  await bound(weightsPath, async (weights) => {
    for (const inPlace of [true, false])
      await t.rejects(build(net, { output: weightsPath, weights, inPlace }), {
        message: /net\.safetensors is a file that is read/,
      })
  })
  await bound(dataPath, async (weights) => {
    await t.rejects(build(net, { output, weights, external: true }), {
      message: /net\.onnx\.data is a file that is read/,
    })
  })
  t.ok(readFileSync(weightsPath).equals(before) && readFileSync(dataPath).equals(before))
  t.throws(() => readFileSync(output), { code: 'ENOENT' })
})

t.test('values that are refused in a copy are refused in place', async (t) => {
  const { weightsPath, output } = await inFolder(t)
  const bytes = readFileSync(weightsPath)
  bytes.writeFloatLE(Number.NaN, bytes.length - 4)
  writeFileSync(weightsPath, bytes)
  await bound(weightsPath, async (weights) => {
    await t.rejects(build(net, { output, weights, inPlace: true }), {
      message: /1 of 5 values .*NaN/,
    })
    t.throws(() => readFileSync(output), { code: 'ENOENT' })
  })
})

t.test('scales of InPlaceABN are computed, and are in no file', async (t) => {
  const { weightsPath, output } = await inFolder(t)
  const checkpoint = await openCheckpoint(weightsPath)
  const weights = checkpoint.bind(net, { inplaceAbn: true })
  await t.rejects(build(net, { output, weights, inPlace: true }), {
    message: /3 of \d+ weights cannot stay in place: .*InPlaceABN.*\.weight .*\n.*are computed/,
  })
  t.throws(() => readFileSync(output), { code: 'ENOENT' })
  await checkpoint.close()
})

t.test('weights of another type are refused, with the way to convert them', async (t) => {
  const { weightsPath, output } = await inFolder(t)
  const narrow = {
    label: 'half.safetensors',
    read: (): Float32Array => new Float32Array(1),
    stored: () => undefined,
  }
  await t.rejects(build(net, { output, weights: narrow, inPlace: true }), {
    message: /\d+ of \d+ weights cannot stay in place: half\.safetensors .*\n.*--dtype float32/,
  })
  t.ok(weightsPath)
})
