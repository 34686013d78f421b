import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { InputError } from '../src/errors.js'
import { verifyFile } from '../src/verify/verify-file.js'
import { type TinyOptions, tinyOnnx } from './support/tiny-onnx.js'

function written(t: Test, options: TinyOptions): string {
  const path = join(t.testdir(), 'net.onnx')
  writeFileSync(path, tinyOnnx(options))
  return path
}

t.test('any file is run with the optimiser off and on', async (t) => {
  const report = await verifyFile(written(t, {}))
  t.match(report, {
    ok: true,
    provider: 'cpu',
    runtime: /^onnxruntime-node 1\./,
    inputs: [{ name: 'x', shape: [1, 2, 4, 4], chosen: [] }],
    outputs: [
      { name: 'y', ok: true, tolerance: 1e-5 },
      { name: 'shifted', ok: true },
    ],
  })
})

t.test('sides that the file leaves open are chosen, and said, or stated', async (t) => {
  const path = written(t, { height: 'height' })
  t.match((await verifyFile(path)).inputs, [{ shape: [1, 2, 64, 4], chosen: ['height'] }])
  t.match((await verifyFile(path, { size: [7, 4] })).inputs, [{ shape: [1, 2, 7, 4], chosen: [] }])
  t.match((await verifyFile(path, { sides: { height: 3 } })).inputs, [{ shape: [1, 2, 3, 4] }])
  await t.rejects(verifyFile(path, { size: [7, 5] }), {
    name: 'InputError',
    message: /\[1, 2, height, 4\].*7x5/,
  })
})

t.test('an output that is not finite is not ok', async (t) => {
  const report = await verifyFile(written(t, { operator: 'Log', bias: [-9, -9] }))
  t.match(report, { ok: false, outputs: [{ name: 'y', ok: false, note: /NaN/ }, { ok: true }] })
})

t.test('a file that is none, or that the runtime refuses, is the caller’s mistake', async (t) => {
  const folder = t.testdir({ 'text.onnx': 'text' })
  for (const path of [join(folder, 'no.onnx'), folder, join(folder, 'text.onnx')])
    await t.rejects(verifyFile(path), InputError)
  await t.rejects(verifyFile(written(t, { operator: 'Gone' })), {
    name: 'InputError',
    message: /Gone/,
  })
})
