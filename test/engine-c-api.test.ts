import { existsSync } from 'node:fs'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import t from 'tap'
import { build } from '../src/build/build.js'
import { zooModel } from '../src/models/zoo.js'
import { openCApi } from '../src/runtime/engines/c-api.js'
import { seededTensor } from '../src/runtime/inputs.js'
import { engines } from '../src/runtime/provider.js'
import { openSession, type SessionOptions } from '../src/runtime/session.js'
import type { Port, TensorElement, Tensors } from '../src/runtime/tensor.js'
import { aside } from './support/aside.js'
import { plainNode } from './support/plain-node.js'
import { tinyOnnx } from './support/tiny-onnx.js'

const { onnx } = onnxProto
const cApi = { optimize: true, engine: 'c-api' } as const

/** What both engines say of a model: its ports, and the results of each of some feeds. */
async function byBoth(
  model: Uint8Array | string,
  feeds: readonly Tensors[],
  options: Partial<SessionOptions> = {},
): Promise<readonly [unknown, unknown]> {
  const said = []
  for (const engine of engines) {
    const session = await openSession(model, { optimize: true, ...options, engine })
    const { inputs, outputs, version } = session
    const results = []
    for (const feed of feeds) results.push(await session.run(feed))
    said.push({ inputs, outputs, version, results })
    await session.close()
  }
  return said as unknown as readonly [unknown, unknown]
}

t.test('both engines compute the same bits of a network', async (t) => {
  const folder = t.testdir()
  const size = { height: 32, width: 32 }
  const path = join(folder, 'net.onnx')
  await build(zooModel('hrnet-w4-c'), {
    output: path,
    external: true,
    size: { batch: { multiple: 1 }, ...size },
  })
  t.ok(existsSync(`${path}.data`), 'external data is found beside the file')
  const port: Port = { name: 'image', type: 'float32', shape: [] }
  const feed = (batch: number, seed: number): Tensors => ({
    image: seededTensor(port, [batch, 3, size.height, size.width], seed),
  })
  // Twice the same shape, another, and the first again: what is bound does not stay where it must not.
  const feeds = [feed(1, 0), feed(1, 1), feed(2, 2), feed(1, 0)]
  for (const options of [{}, { optimize: false, threads: 1, memoryPattern: false }]) {
    const [theirs, ours] = await byBoth(path, feeds, options)
    t.same(ours, theirs)
  }
})

/** ONNX's numbers of the element types. */
const numbers: Readonly<Record<TensorElement, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
}

/** y = x, of any element type and shape: a side is a number, a name, or neither. */
function identity(elemType: number, shape: readonly (number | string | undefined)[]): Uint8Array {
  const dim = shape.map((side) =>
    typeof side === 'number' ? { dimValue: side } : side === undefined ? {} : { dimParam: side },
  )
  const type = { tensorType: { elemType, shape: { dim } } }
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'identity',
      node: [{ opType: 'Identity', input: ['x'], output: ['y'] }],
      input: [{ name: 'x', type }],
      output: [{ name: 'y', type }],
    },
  }).finish()
}

t.test('tensors of every element type go in and out', async (t) => {
  for (const [type, number] of Object.entries(numbers) as [TensorElement, number][]) {
    if (type === 'string') continue
    const x = seededTensor({ name: 'x', type, shape: [] }, [2, 3], 5)
    const [theirs, ours] = await byBoth(identity(number, [2, 3]), [{ x }])
    t.match(ours, { inputs: [{ type }], results: [{ y: x }] }, type)
    t.same(ours, theirs, type)
  }
})

t.test('shapes of any kind are told and run as onnxruntime-node does', async (t) => {
  const x = (...dims: number[]) => ({
    data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(7),
    dims,
  })
  for (const [shape, ...feeds] of [
    [[undefined, 2], x(3, 2), x(1, 2), x(0, 2)],
    [['batch', 'n'], x(1, 2), x(2, 1)],
    [[], x()],
  ] as const) {
    const [theirs, ours] = await byBoth(
      identity(1, shape),
      feeds.map((each) => ({ x: each })),
    )
    t.same(ours, theirs)
  }
})

t.test('an output whose shape depends on values is as long as each run makes it', async (t) => {
  const type = (elemType: number, dims: readonly object[]) => ({
    tensorType: { elemType, shape: { dim: [...dims] } },
  })
  const model = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'places',
      node: [{ opType: 'NonZero', input: ['x'], output: ['y'] }],
      input: [{ name: 'x', type: type(1, [{ dimValue: 3 }]) }],
      output: [{ name: 'y', type: type(7, [{ dimValue: 1 }, { dimParam: 'n' }]) }],
    },
  }).finish()
  const x = (...data: number[]) => ({ x: { data: Float32Array.from(data), dims: [3] } })
  const [theirs, ours] = await byBoth(model, [x(1, 0, 2), x(0, 0, 3), x(0, 0, 0), x(4, 5, 6)])
  t.same(ours, theirs)
})

t.test('texts are refused, which onnxruntime-node takes', async (t) => {
  const session = await openSession(identity(numbers.string, [1]), cApi)
  t.match(session.inputs, [{ type: 'string' }])
  await t.rejects(session.run({ x: { data: ['a'], dims: [1], type: 'string' } }), {
    name: 'RuntimeError',
    message: /x is of texts/,
  })
  await session.close()
})

t.test('a wrong feed is told, and the session lives on', async (t) => {
  const session = await openSession(tinyOnnx(), cApi)
  const dims = [1, 2, 4, 4]
  const x = { data: new Float32Array(32), dims }
  const wrong = [
    [{}, /no tensor was fed for input x/],
    [{ x: { ...x, data: new Float32Array(31) } }, /x has 31 elements, and \[1,2,4,4\] are 32/],
    [{ x: { ...x, data: new Int32Array(32) } }, /x is a Int32Array, not a Float32Array/],
    [{ x: { ...x, data: new Int32Array(32), type: 'int32' } }, /Unexpected input data type/],
  ] as const
  for (const [feeds, message] of wrong) {
    await t.rejects(session.run(feeds as Tensors), { name: 'RuntimeError', message })
    t.ok(await session.run({ x }))
  }
  await t.rejects(session.run({ x }, ['z']), { name: 'RuntimeError', message: /no output z/ })
  t.ok(await session.run({ x }))
  await session.close()
})

t.test('sessions are open side by side, and results stay what they were', async (t) => {
  const x = { data: new Float32Array(32).fill(1), dims: [1, 2, 4, 4] }
  const all = await Promise.all([1, 2, 3].map((b) => openSession(tinyOnnx({ bias: [b, b] }), cApi)))
  const first = await Promise.all(all.map((session) => session.run({ x }, ['y'])))
  const later = await Promise.all(
    all.map((session) => session.run({ x: { ...x, data: new Float32Array(32) } })),
  )
  const firstOf = (results: readonly Tensors[]): unknown => results.map(({ y }) => y?.data[0])
  t.same(firstOf(first), [2, 3, 4])
  t.same(firstOf(later), [1, 2, 3])
  await Promise.all(all.map((session) => session.close()))
})

t.test('what a run gave is not written over by the next', async (t) => {
  const options = {
    provider: 'cpu',
    cuda: {},
    threads: 1,
    memoryPattern: true,
    folder: '.',
  } as const
  const model = tinyOnnx({ bias: [1, 1] })
  const engine = await openCApi(
    { ...cApi, ...options, model, partition: undefined, profile: undefined },
    () => {},
  )
  const run = (value: number) =>
    engine.run({ x: { data: new Float32Array(32).fill(value), dims: [1, 2, 4, 4] } }, ['y'])
  const [first, later] = [await run(1), await run(2)]
  t.same([first.y?.data[0], later.y?.data[0]], [2, 3])
  await engine.close()
})

t.test('what only this engine can be told is refused elsewhere', async (t) => {
  for (const option of ['graph', 'fuseConvBias', 'nhwc'] as const) {
    const cuda = { [option]: true }
    await t.rejects(openSession(tinyOnnx(), { optimize: true, provider: 'cuda', cuda }), {
      name: 'InputError',
      message: new RegExp(`cuda.${option} is asked for, which engine onnxruntime-node cannot`),
    })
    await t.rejects(openSession(tinyOnnx(), { ...cApi, cuda }), {
      name: 'InputError',
      message: new RegExp(`cuda.${option} is asked for, and the provider is cpu`),
    })
  }
})

t.test('what says nothing to the provider is refused, and with auto is for CUDA', async (t) => {
  const options = { optimize: true, provider: 'cpu' } as const
  const streams = [['shift', 'end']]
  for (const [more, message] of [
    [{ cuda: { tf32: false, folder: '/nowhere' } }, /^cuda.folder .* the provider is cpu\n/],
    [{ cuda: { tf32: true } }, /^cuda.tf32 .* the provider is cpu\n/],
    [{ streams }, /^streams is asked for, and the provider is cpu\n/],
    [{ streams, provider: 'webgpu' }, /the provider is webgpu\n/],
    [{ streams, provider: 'cuda', allowCpuNodes: true }, /allowCpuNodes/],
  ] as const)
    await t.rejects(openSession(tinyOnnx(), { ...options, ...more }), {
      name: 'InputError',
      message,
    })
  const none = { cuda: { tf32: undefined, graph: false } }
  await (await openSession(tinyOnnx(), { ...options, ...none })).close()
  const cuda = { tf32: false, folder: '/nowhere' }
  const auto = await openSession(tinyOnnx(), { ...options, provider: 'auto', cuda, streams })
  t.match(auto.providerReason, /^auto: /)
  await auto.close()
})

t.test('without koffi, the error says how to add it', async (t) => {
  const folder = aside(t, ['onnxruntime-common', 'onnxruntime-node'])
  const { stdout } = plainNode(
    [
      '--input-type=module',
      '-e',
      `import { openSession } from './runtime/session.js'
      const options = { optimize: false, engine: 'c-api' }
      const error = await openSession('net.onnx', options).catch((error) => error)
      console.log(error.name, error.message)`,
    ],
    { cwd: folder },
  )
  t.match(
    stdout,
    /^RuntimeError engine c-api calls ONNX Runtime through koffi, .*\n {2}Add it: npm install koffi/,
  )
})
