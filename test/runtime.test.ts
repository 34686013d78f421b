import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { InputError, RuntimeError } from '../src/errors.js'
import { halfToNumber } from '../src/half.js'
import { compare } from '../src/runtime/compare.js'
import { seededInput, seededTensor } from '../src/runtime/inputs.js'
import { engines } from '../src/runtime/provider.js'
import { openSession } from '../src/runtime/session.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { aside } from './support/aside.js'
import { scratch } from './support/heddle.js'
import { plainNode } from './support/plain-node.js'
import { tinyOnnx } from './support/tiny-onnx.js'

const x = { data: Float32Array.from({ length: 32 }, (_, i) => i / 16 - 1), dims: [1, 2, 4, 4] }

// Other test files leave and remove profiles in the common folder meanwhile.
process.env.TMPDIR = scratch(t)
const profiles = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('heddle-profile-'))

/** What holds whichever engine runs a session. */
function onEach(name: string, body: (t: Test, open: typeof openSession) => Promise<void>): void {
  for (const engine of engines)
    t.test(`${name} (${engine})`, (t) =>
      body(t, (model, options) => openSession(model, { ...options, engine })),
    )
}

onEach('a session runs a model from bytes, and tells what it takes and gives', async (t, open) => {
  const session = await open(tinyOnnx({ height: 'height' }), { optimize: false })
  t.match(session.inputs, [{ name: 'x', type: 'float32', shape: [1, 2, 'height', 4] }])
  t.match(
    session.outputs.map(({ name }) => name),
    ['y', 'shifted'],
  )
  const { y, shifted } = await session.run({ x })
  t.same(y?.dims, [1, 2, 4, 4])
  t.same(
    [...((y as TensorData).data as Float32Array)],
    [...x.data].map((v, i) => Math.max(v + (i < 16 ? 1 : -1), 0)),
  )
  t.equal(((shifted as TensorData).data as Float32Array)[31], 15 / 16 - 1)
  t.same(Object.keys(await session.run({ x }, ['y'])), ['y'], 'only the outputs that are wanted')
  t.equal(x.data.length, 32, 'the feeds stay the caller’s')
  t.equal(session.provider, undefined, 'without a profile nothing is claimed')
  await session.close()
  await t.rejects(session.run({ x }), RuntimeError)
})

onEach(
  'the provider is read from the profile of the first run, which is removed',
  async (t, open) => {
    const before = profiles()
    const session = await open(tinyOnnx(), { optimize: true, profile: true })
    t.equal(session.provider, undefined)
    await Promise.all([session.run({ x }), session.run({ x })])
    t.equal(session.provider, 'cpu')
    await session.close()
    t.same(profiles(), before)
  },
)

onEach('bytes are copied, or handed over if asked', async (t, open) => {
  const bytes = Uint8Array.from(tinyOnnx())
  await (await open(bytes, { optimize: false })).close()
  t.ok(bytes.length > 0)
  await (await open(bytes, { optimize: false, transfer: true })).close()
  t.equal(bytes.length, 0)
})

onEach('errors say whose fault it is', async (t, open) => {
  const path = join(t.testdir({ 'no-model.onnx': 'no model' }), 'no-model.onnx')
  await t.rejects(open(path, { optimize: false }), InputError, 'a file that is no model')
  const empty = join(t.testdir({ 'empty.onnx': '' }), 'empty.onnx')
  await t.rejects(open(empty, { optimize: false }), {
    name: 'InputError',
    problem: /failed: ModelProto does not have a graph$/,
  })
  await t.rejects(open(new Uint8Array(9).fill(7), { optimize: false }), RuntimeError)
  await t.rejects(open(tinyOnnx({ operator: 'NoSuchOperator' }), { optimize: false }), {
    name: 'RuntimeError',
    message: /NoSuchOperator/,
  })
  const session = await open(tinyOnnx(), { optimize: false })
  await t.rejects(session.run({ x: { data: new Float32Array(2), dims: [1, 2, 1, 1] } }), {
    name: 'RuntimeError',
    message: /Got: 1 Expected: 4/,
  })
  t.ok(await session.run({ x }), 'the session lives on')
  await session.close()
})

onEach(
  'an aborted session ends with the signal’s reason, and leaves nothing behind',
  async (t, open) => {
    const before = profiles()
    const controller = new AbortController()
    const { signal } = controller
    const session = await open(tinyOnnx(), { optimize: false, profile: true, signal })
    const run = session.run({ x })
    controller.abort(new Error('enough'))
    await t.rejects(run, { message: 'enough' })
    await t.rejects(session.run({ x }), { message: 'enough' })
    await session.close()
    t.same(profiles(), before)
    await t.rejects(open(tinyOnnx(), { optimize: false, signal }), { message: 'enough' })
  },
)

t.test('comparison is relative to the largest reference', async (t) => {
  const tensor = (...data: number[]) => ({ data: Float32Array.from(data), dims: [1, data.length] })
  const far = compare('y', tensor(1, -4, 2), tensor(1, -4.5, 2), 0.1)
  t.match(far, { maxAbs: 0.5, relative: 0.125, ok: false, at: [0, 1] })
  t.equal(compare('y', tensor(1, -4, 2), tensor(1, -4.5, 2), 0.2).ok, true)
  t.match(compare('y', tensor(1, 2), tensor(1, 2), 0), { maxAbs: 0, relative: 0, ok: true })
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    t.match(compare('y', tensor(1, 2), tensor(1, wrong), 1e9), { ok: false, at: [0, 1] })
    t.equal(compare('y', tensor(1, wrong), tensor(1, wrong), 1e9).ok, false)
  }
  t.match(compare('y', tensor(0, 0), tensor(0, 0), 1e-5), { ok: true, note: /zero throughout/ })
  t.match(compare('y', tensor(0, 0), tensor(0, 0.5), 1e-5), { relative: 0.5, ok: false })
  const whole = (...numbers: number[]): TensorData => ({
    data: Int32Array.from(numbers),
    dims: [numbers.length],
    type: 'int32',
  })
  t.match(compare('y', whole(1, 2, 3), whole(1, 3, 1), 0.1), {
    ok: false,
    note: /^2 of 3 whole numbers differ; classes do where two scores nearly tie$/,
  })
  t.equal(compare('y', whole(1, 2), whole(1, 2), 0).note, undefined)
  t.match(compare('y', whole(0, 0), whole(0, 3), 0.1).note, /zero throughout.*; 1 of 2 whole/)
  t.match(compare('y', tensor(1, 2), { ...tensor(1, 2), dims: [2] }, 1), {
    ok: false,
    note: 'the shape is [2], not [1, 2]',
  })
})

t.test('seeded inputs are the same everywhere, of mean 0 and variance 1', async (t) => {
  const values = seededInput(100_000, 0)
  t.same([...seededInput(3, 0)], [0.30210986733436584, 0.3669402003288269, -0.22522792220115662])
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const variance = values.reduce((a, b) => a + b * b, 0) / values.length
  t.ok(Math.abs(mean) < 0.02, `mean ${mean}`)
  t.ok(Math.abs(variance - 1) < 0.02, `variance ${variance}`)
  t.notSame([...seededInput(3, 0)], [...seededInput(3, 1)])
  const port = { name: 'x', type: 'float16', shape: [1000] } as const
  const half = seededTensor(port, [1000], 0).data as Uint16Array
  const worst = half.reduce(
    (a, bits, i) => Math.max(a, Math.abs(halfToNumber(bits) - (values[i] as number))),
    0,
  )
  t.ok(worst > 0 && worst <= 2 ** -10, `float16 rounds to the nearest: ${worst}`)
})

t.test('without onnxruntime-node, the error says how to add it', async (t) => {
  const folder = aside(t, [])
  const program = `
    import { openSession } from './runtime/session.js'
    const error = await openSession('net.onnx', { optimize: false }).catch((error) => error)
    console.log(error.name, error.message)`
  const { stdout } = plainNode(['--input-type=module', '-e', program], { cwd: folder })
  t.match(stdout, 'RuntimeError')
  t.match(stdout, 'npm install onnxruntime-node')
})
