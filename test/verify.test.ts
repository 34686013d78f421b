import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { build } from '../src/build/build.js'
import { parametersOf } from '../src/compiler/graph.js'
import type { NodeOf } from '../src/compiler/node.js'
import { convBnRelu } from '../src/dsl/blocks.js'
import { upsampleConcat } from '../src/dsl/branches.js'
import { conv, convTranspose, globalPool } from '../src/dsl/layers.js'
import { image, type Model, model } from '../src/dsl/model.js'
import { InputError } from '../src/errors.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import { pipeline } from '../src/passes/pipeline.js'
import type { Progress, ProgressEvent } from '../src/progress.js'
import { seededInput } from '../src/runtime/inputs.js'
import { planRun } from '../src/verify/run-size.js'
import { verify } from '../src/verify/verify.js'
import { verifyFile } from '../src/verify/verify-file.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { forgetsBias, forgetsEpsilon } from './support/broken-passes.js'

const small: Model = model('small', image(3, { size: [32, 48] }), (x) => {
  const half = convBnRelu(x, 6, { kernel: 3, stride: 2 })
  const quarter = convBnRelu(half, 7, { kernel: 3, stride: 2, bias: true })
  return {
    up: convTranspose(quarter, 5, { kernel: 4, stride: 2, name: 'up' }),
    scores: conv(quarter, 4, { kernel: 1, bias: true, name: 'last' }),
    pooled: globalPool(quarter),
  }
})

/** Of two branches, whose sizes do not fit at an odd side. */
const fused: Model = model('fused', image(3, { size: [32, 48] }), (x) => {
  const fine = convBnRelu(x, 4, { kernel: 3, stride: 2 })
  const coarse = convBnRelu(fine, 4, { kernel: 3, stride: 2 })
  return { y: conv(upsampleConcat([fine, coarse]), 2, { kernel: 1 }) }
})

t.test('an output may be off by twice what it is as written, or by what is stated', async (t) => {
  const { outputs } = await verify(small)
  t.equal(outputs.length, 3)
  for (const { name, tolerance, plain } of outputs) {
    t.ok(plain > 0, name)
    // Few numbers may be right by chance: for them the largest error before them counts.
    const least = 2 * Math.max(plain, 4 * 2 ** -24)
    if (name === 'pooled') t.ok(tolerance > least && tolerance < 1e-6, name)
    else t.equal(tolerance, least, name)
  }
  const stated = await verify(small, { tolerance: 1e-4 })
  t.same(
    stated.outputs.map(({ tolerance }) => tolerance),
    [1e-4, 1e-4, 1e-4],
  )
})

t.test('a network equals itself as compiled, at a small size that is said', async (t) => {
  const report = await verify(hrnetV2(1))
  t.match(report, {
    model: 'hrnet-v2-w1',
    ok: true,
    provider: 'cpu',
    runtime: /^onnxruntime-node 1\./,
    input: [1, 3, 64, 128],
    chosen: true,
    seed: 0,
    outputs: [{ name: 'logits', shape: [1, 19, 16, 32], ok: true }],
    reference: 'float64',
  })
  t.ok((report.outputs[0]?.relative ?? 1) <= 1e-5)
})

t.test(
  'values are compared in the order in which they are computed, and outputs last',
  async (t) => {
    const { ok, features } = await verify(small, {})
    t.equal(ok, true)
    t.equal(features?.first, undefined)
    const outputs = ['convTranspose up', 'conv last', 'reshape globalPool']
    const paths = features?.compared.map(({ kind, path }) => `${kind} ${path}`)
    t.same(paths, [
      'batchNorm 1',
      'activation 2',
      'batchNorm 4',
      'activation 5',
      'globalPool globalPool',
      ...outputs,
    ])
    t.equal(features?.gone, 2, 'the convolutions before batch norms have no equal')
    t.ok(features?.compared.every(({ relative, ok }) => ok && relative <= 1e-5))
  },
)

for (const [path, pass] of [
  ['1', forgetsEpsilon('1')],
  ['3', forgetsBias('3')],
  ['last', forgetsBias('last')],
] as const)
  t.test(`a pass that is wrong at ${path} (${pass.name}) is found there`, async (t) => {
    const report = await verify(small, { passes: [pass, ...pipeline] })
    t.equal(report.ok, false)
    t.notOk(report.outputs.every(({ ok }) => ok))
    const first = report.features?.first
    t.equal(first?.path, path, 'the first divergence is named')
    const [wrong] = report.passes.filter(({ ok }) => !ok)
    t.equal(wrong?.name, pass.name, 'and so is the pass')
  })

t.test('the very bytes of a file are checked', async (t) => {
  const path = join(t.testdir(), 'small.onnx')
  await build(small, { output: path })
  const size = { batch: 1, height: 32, width: 48 }
  t.match(await verify(small, { path, size }), { ok: true, chosen: false, input: [1, 3, 32, 48] })
  t.match(await verifyFile(path), { ok: true, inputs: [{ shape: [1, 3, 32, 48] }] })

  const bias = parametersOf(small.graph).find(({ attributes }) => attributes.name === 'last.bias')
  const values = await seeded(small.graph, 0).read(bias as NodeOf<'parameter'>)
  const bytes = readFileSync(path)
  const at = bytes.indexOf(Buffer.from(values.buffer, values.byteOffset, values.byteLength))
  t.ok(at > 0, 'the bias is in the file')
  bytes.writeFloatLE(bytes.readFloatLE(at) + 0.01, at)
  writeFileSync(path, bytes)
  t.match(await verify(small, { path, size }), { ok: false })
  t.equal((await verifyFile(path)).ok, true, 'for a file alone it is a network like any other')

  await t.rejects(verify(fused, { path }), { name: 'InputError', message: /scores/ })
  await t.rejects(verify(small, { path, size: { height: 64, width: 64 } }), InputError)
})

t.test('a free size is run at unequal sides that no level divides', async (t) => {
  const any = { multiple: 1 }
  const free = { batch: any, height: any, width: any }
  t.same(planRun(hrnetV2(1), free).run, { batch: 2, height: 67, width: 133 })
  const report = await verify(fused, { size: free })
  t.match(report, { ok: true, input: [2, 3, 19, 29], chosen: true })
  const by32 = { multiple: 32 }
  const { run, chosen } = planRun(hrnetV2(1), { batch: 1, height: by32, width: by32 })
  t.same([run, chosen], [{ batch: 1, height: 64, width: 128 }, true])
})

t.test('a network is run on the input that is given', async (t) => {
  const data = seededInput(3 * 20 * 24, 5)
  t.match(await verify(small, { input: { data, dims: [1, 3, 20, 24] } }), {
    ok: true,
    input: [1, 3, 20, 24],
    chosen: false,
  })
  await t.rejects(verify(small, { input: { data, dims: [1, 3, 20, 20] } }), InputError)
  await t.rejects(verify(small, { input: { data, dims: [1, 20, 24, 3] } }), InputError)
})

t.test('progress goes one way, up to the end, whatever is compared', async (t) => {
  const told = async (work: (progress: Progress) => Promise<unknown>): Promise<string[]> => {
    const events: ProgressEvent[] = []
    await work((event) => events.push(event))
    return events.map(({ phase, done, total }) => `${phase} ${done}/${total}`)
  }
  const path = join(t.testdir(), 'small.onnx')
  await build(small, { output: path })
  const steps = ['load 0/4', 'run 1/4', 'load 2/4', 'run 3/4', 'run 4/4']
  // As written and its three images in float64; rounded anew, twice; behind the one pass that fires; as users have it.
  const examined = 'load run run run run load run load run load run load run run'
    .split(' ')
    .map((phase, i) => `${phase} ${i}/13`)
  const compiled = ['compile 0/1', 'compile 1/1']
  t.same(await told((progress) => verify(small, { progress })), [...compiled, ...examined])
  t.same(await told((progress) => verifyFile(path, { progress })), steps)
})

t.test('a size that fits no memory says how large it is', async (t) => {
  await t.rejects(verify(small, { size: { height: 2 ** 20, width: 2 ** 20 } }), {
    name: 'InputError',
    message: /small at \[1, 3, 1048576, 1048576\] needs .* TB to run/,
  })
})

t.test('an aborted verification ends with the signal’s reason, whenever it comes', async (t) => {
  for (const phase of ['compile', 'load', 'run']) {
    const controller = new AbortController()
    const verdict = verify(small, {
      signal: controller.signal,
      progress: (event) => event.phase === phase && controller.abort(new Error('enough')),
    })
    await t.rejects(verdict, { message: 'enough' }, phase)
  }
})
