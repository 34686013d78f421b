import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lower } from '../src/build/to-onnx.js'
import { keepsApart, oneFile, writeLowered } from '../src/build/write-onnx.js'
import { compile } from '../src/compile.js'
import type { Graph } from '../src/compiler/graph.js'
import { conv, image, type Model, model, relu } from '../src/index.js'
import { zooModel } from '../src/models/zoo.js'
import type { ProgressEvent } from '../src/progress.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { emitted, imageOf, opened, plain } from './support/emitted.js'
import { decoded, faultsOf } from './support/onnx-faults.js'

/** Weights of 1152, 1024, 256 and 32 bytes, in this order. */
const net = model('net', image(4, { size: [4, 6] }), (x) => {
  const wide = conv(x, 8, { kernel: 3, bias: true })
  return { y: relu(conv(conv(wide, 32, { kernel: 1 }), 2, { kernel: 1 })) }
})
const { plain: graph } = plain(net)

t.test('the larger tensors go to pages of their own, the small stay inline', async (t) => {
  const { bytes, data } = await emitted(t, graph, { external: 'net.data' })
  const places = decoded(bytes).graph?.initializer?.map(({ name, externalData, rawData }) => [
    name,
    rawData?.length,
    externalData?.map(({ key, value }) => `${key}=${value}`).join(' '),
  ])
  t.same(places, [
    ['0.weight', 0, 'location=net.data offset=0 length=1152'],
    ['0.bias', 32, ''],
    ['1.weight', 0, 'location=net.data offset=4096 length=1024'],
    ['2.weight', 256, ''],
  ])
  t.equal(data.length, 4096 + 1024)
  t.same(new Set(data.subarray(1152, 4096)), new Set([0]), 'what lies between is zero')
})

t.test('a model of two files opens from its path, and computes the same', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'net.onnx')
  const lowered = lower(graph, seeded(graph, 0))
  const events: ProgressEvent[] = []
  const progress = (event: ProgressEvent): void => void events.push(event)
  const written = await writeLowered(lowered, path, { external: true, progress })
  t.same(readdirSync(folder).sort(), ['net.onnx', 'net.onnx.data'])
  const [bytes, data] = [readFileSync(path), readFileSync(`${path}.data`)]
  t.match(written, { path, dataPath: `${path}.data`, bytes: bytes.length + data.length })
  t.match(events.at(-1), { done: written.bytes, total: written.bytes })
  t.same(faultsOf(bytes, data), [])

  const image = imageOf(1, 4, 6)
  const run = async (model: Uint8Array | string): Promise<TensorData> =>
    (await (await opened(t, model)).run({ image })).y as TensorData
  const whole = await run((await emitted(t, graph)).bytes)
  t.same(await run(path), whole)
  const moved = join(folder, 'moved')
  mkdirSync(moved)
  for (const name of ['net.onnx', 'net.onnx.data'])
    renameSync(join(folder, name), join(moved, name))
  t.same(await run(join(moved, 'net.onnx')), whole, 'both may be moved together')
})

t.test('a model of two files that is written through a link opens from there', async (t) => {
  const folder = t.testdir({ real: { 'net.onnx': 'old' } })
  const path = join(folder, 'link.onnx')
  symlinkSync(join('real', 'net.onnx'), path)
  await writeLowered(lower(graph, seeded(graph, 0)), path, { external: true })
  t.same(readdirSync(folder).sort(), ['link.onnx', 'link.onnx.data', 'real'])
  t.ok(await (await opened(t, path)).run({ image: imageOf(1, 4, 6) }))
})

t.test('past 1.5 GiB weights go beside the model, and past 2 GiB they must', (t) => {
  const gib = 2 ** 30
  t.equal(oneFile, 1.5 * gib)
  t.equal(keepsApart('net', 1.5 * gib), false)
  t.equal(keepsApart('net', 1.5 * gib + 1), true)
  t.equal(keepsApart('net', 100, true), true)
  t.equal(keepsApart('net', 2 * gib - 1, false), false)
  t.throws(() => keepsApart('net.onnx', 2 * gib, false), {
    name: 'InputError',
    message:
      /net\.onnx would be 2\.15 GB in one file, which holds at most 2\.15 GB\n.*of their own/,
  })
  t.end()
})

/** A network whose weights alone take 4·9·width² bytes. */
function ofWidth(width: number): Model {
  return model('wide', image(3, { size: [8, 8] }), (x) => ({
    y: conv(conv(x, width, { kernel: 1 }), width, { kernel: 3 }),
  }))
}

t.test('sizes are known before anything is made, of gigabytes too', async (t) => {
  const written = async (graph: Graph, external?: boolean): Promise<unknown[]> => {
    const asked: unknown[] = []
    const lowered = lower(graph, { label: 'none', read: () => Promise.reject(new Error('read')) })
    const spied = {
      ...lowered,
      emission: (location?: string) => {
        asked.push(location)
        return lowered.emission(location)
      },
    }
    const path = join(t.testdir(), 'net.onnx')
    await t.rejects(writeLowered(spied, path, { external }), /read|GB are free|one file/)
    t.same(readdirSync(t.testdirName), [])
    return asked
  }
  const { plain: below } = plain(ofWidth(6600))
  const { plain: past } = plain(ofWidth(6800))
  const { plain: twice } = plain(ofWidth(8000))
  t.ok(lower(below, seeded(below, 0)).emission().size < oneFile)
  t.ok(lower(past, seeded(past, 0)).emission().size > oneFile)
  t.same(await written(below), [undefined])
  t.same(await written(past), [undefined, 'net.onnx.data'])
  t.same(await written(past, false), [undefined])
  t.same(await written(twice, false), [undefined])
  const apart = lower(twice, seeded(twice, 0)).emission('net.data')
  t.ok(apart.size < 2000 && apart.dataSize > 2 ** 31, 'offsets go past 2 GiB')
})

t.test('what is free on the disk is asked before, where the disk counts', async (t) => {
  const folder = t.testdir()
  const { plain: huge } = compile(ofWidth(2 ** 21), { passes: [] })
  const lowered = lower(huge, { label: 'none', read: () => new Float32Array(0) })
  await t.rejects(writeLowered(lowered, join(folder, 'net.onnx'), {}), {
    name: 'InputError',
    message: /net\.onnx takes 158 TB, and .* are free there\n.*Make room/,
  })
  t.same(readdirSync(folder), [])
  const small = lower(graph, seeded(graph, 0))
  // procfs has no blocks at all: whether it takes a file, the writing finds.
  await t.rejects(writeLowered(small, '/proc/net.onnx', {}), /cannot be written/)
})

t.test('external weights of the zoo are the same numbers as in one file', async (t) => {
  const { plain: trunk } = plain(zooModel('hrnet-w1-trunk'), { height: 32, width: 32 })
  const [whole, apart] = [
    await emitted(t, trunk),
    await emitted(t, trunk, { external: 'net.data' }),
  ]
  const inline = new Map(
    decoded(whole.bytes).graph?.initializer?.map(({ name, rawData }) => [name, rawData]),
  )
  let compared = 0
  for (const { name, externalData } of decoded(apart.bytes).graph?.initializer ?? []) {
    if (!externalData?.length) continue
    const [offset = 0, length = 0] = externalData.slice(1).map(({ value }) => Number(value))
    const there = apart.data.subarray(offset, offset + length)
    if (!Buffer.from(inline.get(name) as Uint8Array).equals(there)) t.fail(`${name} differs`)
    compared++
  }
  t.ok(compared > 50, `${compared} compared`)
})
