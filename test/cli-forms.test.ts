import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { families } from '../src/models/zoo.js'
import { usualGoal } from '../src/targets/target.js'
import { targets } from '../src/targets/targets.js'
import {
  document,
  documentsInTurn,
  heddle,
  heddleInTurn,
  netFile,
  scratch,
} from './support/heddle.js'
import { metadataOf } from './support/onnx-faults.js'
import { tinyOnnx } from './support/tiny-onnx.js'

/** The forms that others script. */

t.test('count tells the model, its input, parameters and MACs as plain integers', async (t) => {
  const line = 'count hrnet-v2-w48 --classes 19 --input 1024x2048'
  const { code, stdout, stderr, json } = document(line)
  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(json, {
    model: 'hrnet-v2-w48',
    input: [1, 3, 1024, 2048],
    parameters: 65859379,
    macs: 747513053184,
  })
  t.match(stdout, '"macs": 747513053184,', 'every digit, no exponent')
  t.match(stdout, '"input": [1, 3, 1024, 2048],', 'short lists on one line')
})

t.test('count follows the batch and the options that make the network', async (t) => {
  const line = 'count hrnet-w8-c --classes 10'
  const more = `${line} --unit bottleneck --upsample bilinear`
  const [one, two, plain] = documentsInTurn([
    more,
    `${more} --batch 2 --seed 3 --no-passes`,
    line,
  ]).map(({ json }) => json)
  t.same(two.input, [2, 3, 224, 224])
  t.equal(two.macs, 2 * one.macs)
  t.equal(two.parameters, one.parameters)
  t.not(one.parameters, plain.parameters)
})

t.test('build tells the file, and what each pass did', async (t) => {
  const cwd = scratch(t)
  const line = 'build hrnet-v2-w1 --input 64x128 -o net.onnx'
  const { code, stderr, json } = document(line, { cwd })
  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(json, { path: 'net.onnx', parameters: 362247, seed: 0, input: [1, 3, 64, 128] })
  t.equal(json.bytes, statSync(join(cwd, 'net.onnx')).size)
  t.same(
    json.passes.map(({ name }: { name: string }) => name),
    targets.portable.passes(usualGoal).map(({ name }) => name),
  )
  for (const { before, after, ms, fired } of json.passes) {
    t.ok(Number.isInteger(before) && after <= before && fired === before - after)
    t.type(ms, 'number')
  }
  t.equal(json.nodes, json.passes.at(-1).after)
  const folding = json.passes.find(({ name }: { name: string }) => name === 'fold-batch-norm')
  t.equal(folding.fired, 306)
  t.same(readdirSync(cwd), ['net.onnx'])
})

t.test('build checks the very bytes that it wrote', async (t) => {
  const cwd = scratch(t, { 'net.ts': netFile('net', 'conv(x, 64, { kernel: 3, stride: 2 })') })
  const line =
    'build ./net.ts --input dynamic/32 --batch dynamic --opset 13 --seed 7 -o net.onnx --external-data --verify'
  const { code, json } = document(line, { cwd })
  t.equal(code, 0)
  t.match(json, { path: 'net.onnx', dataPath: 'net.onnx.data', seed: 7 })
  t.match(json.verify, { ok: true, provider: 'cpu', input: [2, 3, 32, 64] })
  t.same(readdirSync(cwd).sort(), ['net.onnx', 'net.onnx.data', 'net.ts'])

  t.test('verify takes the file alone', async (t) => {
    const { code, json } = document('verify net.onnx --batch 3 --input 96x64', { cwd })
    t.equal(code, 0)
    t.match(json, { ok: true, provider: 'cpu', outputs: [{ name: 'y', tolerance: 1e-5 }] })
    t.same(json.outputs[0].shape, [3, 64, 48, 32])
  })
})

t.test('build names the file after the model, and leaves passes out if asked', async (t) => {
  const cwd = scratch(t, { 'net.ts': netFile('small', 'batchNorm(conv(x, 8, { kernel: 3 }))') })
  const line = 'build ./net.ts'
  const [plain, built, text] = heddleInTurn(
    [`${line} --no-passes --json`, `${line} --json`, `${line} --no-passes`],
    { cwd },
  )
  t.match(JSON.parse(plain?.stdout ?? ''), { path: 'small.onnx', passes: [], nodes: 2 })
  t.match(JSON.parse(built?.stdout ?? ''), { nodes: 1, parameters: 216 + 16 })
  t.match(text?.stdout, 'no passes: as it is written')
})

t.test('verify compares every output, at a small size that it tells', async (t) => {
  const body = 'batchNorm(conv(x, 8, { kernel: 3 })), z: relu(conv(x, 8, { kernel: 1 }))'
  const cwd = scratch(t, { 'net.ts': netFile('small', body).replace('32, 48', '512, 1024') })
  const { code, stderr, json } = document('verify ./net.ts', { cwd })
  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(json, { ok: true, provider: 'cpu', input: [1, 3, 16, 32], chosen: true })
  t.same(
    json.outputs.map(({ name }: { name: string }) => name),
    ['y', 'z'],
  )
  for (const { maxAbs, relative, tolerance } of json.outputs)
    t.ok(maxAbs > 0 && relative > 0 && relative <= tolerance)
  t.notOk(document('verify ./net.ts --input 16x16', { cwd }).json.chosen)
})

t.test('a check that fails is told and ends with 1; what is no number is null', async (t) => {
  const cwd = scratch(t)
  writeFileSync(join(cwd, 'nan.onnx'), tinyOnnx({ operator: 'Log' }))
  const { code, json } = document('verify nan.onnx', { cwd })
  t.equal(code, 1)
  t.equal(json.ok, false)
  t.match(json.outputs[0], { name: 'y', ok: false, maxAbs: null, relative: null })
  t.equal(json.outputs[1].ok, true)
  const text = heddle('verify nan.onnx', { cwd })
  t.equal(text.code, 1)
  t.match(text.stdout, 'different: 1 of 2 outputs')
})

t.test('models lists the zoo for programs', async (t) => {
  const { code, json } = document('models')
  t.equal(code, 0)
  t.equal(json.families.length, families.length)
  t.match(json.families[2], {
    name: 'hrnet-v2-w{C}',
    input: [1024, 2048],
    options: ['--classes', '--upsample', '--align-corners', '--fuse-to-size'],
    defaults: { classes: 19, upsample: 'bilinear' },
  })
})

t.test(
  'build explains what each pass did and what it gained; passes are asked for by name',
  async (t) => {
    const cwd = scratch(t, { 'net.ts': netFile('small', 'batchNorm(conv(x, 8, { kernel: 3 }))') })
    const words = 'build ./net.ts --target opencv --passes share-common,fold-batch-norm --explain'
    const { target, explanation } = document(words, { cwd }).json
    t.equal(target, 'opencv')
    t.same(
      explanation.passes.map(({ name, fired }: { name: string; fired: unknown[] }) => [
        name,
        fired.length,
      ]),
      [
        ['share-common', 0],
        ['fold-batch-norm', 1],
      ],
    )
    const { before, after } = explanation.cost
    t.ok(before > after && after > 0)
    const { stdout } = heddle(words, { cwd })
    t.match(stdout, /fold-batch-norm +1 +0 +\S+ .?MACs +\S+ .?MACs +\S+ %/)
    t.match(stdout, /share-common +0 +0 +.* 0$/m)
    t.match(stdout, 'fired at *: batchNorm → conv')
    const { target: name, session } = metadataOf(readFileSync(join(cwd, 'small.onnx')))
    t.same([name, JSON.parse(session as string)], ['opencv', { memoryPattern: true }])
  },
)

t.test('print has the text and the passes', async (t) => {
  const { code, json } = document('print hrnet-w1-trunk --input dynamic/32')
  t.equal(code, 0)
  t.equal(json.passes.length, targets.portable.passes(usualGoal).length)
  t.match(json.text, /^hrnet-w1-trunk\n {2}image/)
})

t.test('an error is a document too, and told on standard error', async (t) => {
  const cwd = scratch(t, {
    'net.ts': `console.log('to nobody')\n${netFile('net', 'add(x, conv(x, 4, { kernel: 1 }))')}`,
  })
  const { code, json, stderr } = document('build ./net.ts', { cwd })
  t.equal(code, 2)
  t.match(json, {
    error: {
      kind: 'NetworkError',
      rule: 'sum-width',
      problem: /3 channels.* 4 channels/,
      remedy: /./,
      location: { file: 'net.ts', line: 3, column: 76 },
    },
  })
  t.match(stderr, /^to nobody\nerror: a sum/)
  t.match(stderr, 'net.ts:3:76')
  t.notMatch(stderr, /^ {4}at /m)
  t.same(readdirSync(cwd), ['net.ts'])
})
