import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type BuildOptions, build } from '../src/build/build.js'
import { parametersOf } from '../src/compiler/graph.js'
import { convBnRelu } from '../src/dsl/blocks.js'
import { conv } from '../src/dsl/layers.js'
import { image, type Model, model } from '../src/dsl/model.js'
import { InputError, NetworkError } from '../src/errors.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import type { ProgressEvent } from '../src/progress.js'
import { verify } from '../src/verify/verify.js'
import { verifyFile } from '../src/verify/verify-file.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import type { Weights } from '../src/weights/source.js'
import { plainNode } from './support/plain-node.js'

const size = { batch: 1, height: 64, width: 128 }
const net = hrnetV2(1)

t.test('a build writes a file that runs, and reports it', async (t) => {
  const output = join(t.testdir(), 'net.onnx')
  const report = await build(net, { output, size })
  t.match(report, { path: output, bytes: statSync(output).size })
  t.notOk('dataPath' in report)
  t.equal(report.parameters, 362_247)
  const last = report.passes.at(-1)
  t.ok(last && report.passes[0] && last.after < report.passes[0].before, 'passes took nodes away')
  t.equal((await verifyFile(output)).ok, true)
})

t.test('the same build gives the same bytes; another seed, others', async (t) => {
  const folder = t.testdir()
  const bytesOf = async (name: string, seed: number): Promise<Buffer> => {
    const { path } = await build(net, { output: join(folder, name), size, seed })
    return readFileSync(path)
  }
  const first = await bytesOf('a.onnx', 0)
  t.ok(first.equals(await bytesOf('b.onnx', 0)))
  t.notOk(first.equals(await bytesOf('c.onnx', 1)))
})

t.test(
  'weights of one’s own stay as they are, though folding writes over what it reads',
  async (t) => {
    const kept = new Map<string, Float32Array>()
    const small = model('small', image(3), (x) => {
      const half = convBnRelu(x, 8, { kernel: 3, stride: 2 })
      return { y: convBnRelu(half, 4, { kernel: 3, bias: true }) }
    })
    const drawn = seeded(small.graph, 5)
    for (const parameter of parametersOf(small.graph))
      kept.set(parameter.attributes.name, await drawn.read(parameter))
    const before = structuredClone(kept)
    const changed = (): readonly string[] =>
      [...kept]
        .filter(([name, now]) => now.some((x, i) => x !== before.get(name)?.[i]))
        .map(([name]) => name)
    const weights: Weights = {
      label: 'mine',
      read: ({ attributes }) => kept.get(attributes.name) as Float32Array,
    }
    const output = join(t.testdir(), 'net.onnx')
    const { path, passes } = await build(small, { output, size, weights })
    t.match(
      passes.find(({ name }) => name === 'fold-batch-norm'),
      { before: 6, after: 4 },
    )
    t.same(changed(), [])
    t.match(await verify(small, { path, size, weights }), { ok: true })
    t.same(changed(), [])
  },
)

t.test('weights go into a file beside it if asked', async (t) => {
  const folder = t.testdir()
  const report = await build(net, { output: join(folder, 'net.onnx'), size, external: true })
  t.same(readdirSync(folder).sort(), ['net.onnx', 'net.onnx.data'])
  t.equal(report.dataPath, join(folder, 'net.onnx.data'))
  const [model, data] = [statSync(report.path).size, statSync(report.dataPath as string).size]
  t.equal(report.bytes, model + data)
  t.ok(data > 4 * 80_000)
  t.equal((await verifyFile(report.path)).ok, true)
})

t.test('progress tells the bytes that are written, up to all of them', async (t) => {
  const events: ProgressEvent[] = []
  const output = join(t.testdir(), 'net.onnx')
  const { bytes } = await build(net, { output, size, progress: (event) => events.push(event) })
  const written = events.filter(({ phase }) => phase === 'write')
  t.match(written.at(-1), { done: bytes, total: bytes })
  t.ok(written.every(({ done }, i) => done >= (written[i - 1]?.done ?? 0)))
})

t.test('what cannot be built leaves no file', async (t) => {
  const folder = t.testdir({ sub: {}, readonly: {} })
  const refused = async (
    options: Partial<BuildOptions>,
    error: typeof InputError | typeof NetworkError | { name: string; message: RegExp },
    network: Model = net,
  ): Promise<void> => {
    await t.rejects(
      build(network, { output: join(folder, 'net.onnx'), size, ...options }),
      error as typeof InputError,
    )
    t.same(readdirSync(folder).sort(), ['readonly', 'sub'])
  }
  await refused({ size: { height: 0, width: 64 } }, InputError)
  await refused({ opset: 12 }, InputError)
  await refused({ output: join(folder, 'missing', 'net.onnx') }, InputError)
  await refused({ output: join(folder, 'sub') }, InputError)
  if (process.getuid?.() !== 0) {
    chmodSync(join(folder, 'readonly'), 0o500)
    await refused({ output: join(folder, 'readonly', 'net.onnx') }, InputError)
  }
  const nearest = hrnetV2(1, { upsample: 'nearest' })
  await refused({ size: { height: 65, width: 64 } }, NetworkError, nearest)
  const wide = model('wide', image(3), (x) => ({
    y: conv(conv(x, 40_000, { kernel: 1 }), 40_000, { kernel: 3 }),
  }))
  await refused({}, { name: 'InputError', message: /57\.6 GB/ }, wide)
})

t.test('an aborted build ends with the signal’s reason and leaves no file', async (t) => {
  const folder = t.testdir()
  for (const external of [false, true]) {
    const controller = new AbortController()
    const building = build(net, {
      output: join(folder, 'net.onnx'),
      size,
      external,
      signal: controller.signal,
      progress: ({ phase }) => phase === 'write' && controller.abort(new Error('enough')),
    })
    await t.rejects(building, { message: 'enough' })
    t.same(readdirSync(folder), [])
  }
})

t.test('HRNetV2-W48 is built in 200 MB, Node included', async (t) => {
  const output = join(t.testdir(), 'w48.onnx')
  const src = new URL('../src/', import.meta.url).href
  const program = `
    import { build } from '${src}build/build.js'
    import { hrnetV2 } from '${src}models/hrnet/v2.js'
    const { bytes } = await build(hrnetV2(48), { output: ${JSON.stringify(output)} })
    // On Linux maxRSS begins with what the process had that started it.
    const { readFileSync, existsSync } = await import('node:fs')
    const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
    const [, most = process.resourceUsage().maxRSS] = /VmHWM:\\s+(\\d+) kB/.exec(status) ?? []
    console.log(JSON.stringify({ bytes, peak: Number(most) }))`
  const { stdout, stderr } = plainNode(['--input-type=module', '-e', program])
  t.equal(stderr, '')
  const { bytes, peak } = JSON.parse(stdout)
  t.ok(bytes > 263e6, `${bytes} bytes`)
  t.ok(peak * 1024 <= 200e6, `${peak * 1024} bytes resident`)
  t.comment(`${(peak * 1.024e-3).toFixed(0)} MB resident`)
})
