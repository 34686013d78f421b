import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { build } from '../src/build/build.js'
import { withSession } from '../src/build/open-graph.js'
import type { RuntimeError } from '../src/errors.js'
import { conv, image, model, relu, toOnnx } from '../src/index.js'
import { newLock } from '../src/runtime/alone.js'
import { compare } from '../src/runtime/compare.js'
import type { Provider } from '../src/runtime/provider.js'
import { openSession } from '../src/runtime/session.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { targets } from '../src/targets/targets.js'
import { deviceRatio, halfRatio, runTolerance } from '../src/verify/limits.js'
import { verifyFile } from '../src/verify/verify-file.js'
import { imageOf } from './support/emitted.js'
import { tinyOnnx } from './support/tiny-onnx.js'

/** A layer that ONNX Runtime's WebGPU computes wrongly: of 6 channels to 8. */
const network = model('net', image(4, { size: [8, 8], name: 'image' }), (x) => {
  const six = relu(conv(x, 6, { kernel: 1 }))
  return { y: conv(six, 8, { kernel: 3 }) }
})
const feeds = { image: imageOf(1, 8, 8) }

async function ran(bytes: Uint8Array, provider: Provider): Promise<TensorData> {
  return withSession(openSession(bytes, { optimize: true, provider }), async (session) => {
    const { y } = await session.run(feeds)
    t.equal(session.provider ?? 'cpu', provider)
    t.same(session.cpuNodes, [])
    return y as TensorData
  })
}

/** Why WebGPU does not run here; nothing where it does. */
async function missing(): Promise<string | false> {
  try {
    await (await openSession(tinyOnnx(), { optimize: true, provider: 'webgpu' })).close()
    return false
  } catch (error) {
    const { problem } = error as RuntimeError
    t.match(problem, /WebGPU finds no GPU/)
    return problem
  }
}

const skip = await missing()
async function built(name: 'portable' | 'ort-web'): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of toOnnx(network, { target: targets[name] }).chunks()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

t.test(
  'what is built for the web is right on WebGPU, several sessions at once',
  { skip },
  async (t) => {
    const bytes = await built('ort-web')
    const reference = await ran(bytes, 'cpu')
    const all = await Promise.all([ran(bytes, 'webgpu'), ran(bytes, 'webgpu'), ran(bytes, 'cpu')])
    for (const result of all) t.match(compare('y', reference, result, 1e-5), { ok: true })
  },
)

t.test(
  'ONNX Runtime still reads channels in threes wrongly, without an error',
  { skip },
  async (t) => {
    const bytes = await built('portable')
    const [right, wrong] = [await ran(bytes, 'cpu'), await ran(bytes, 'webgpu')]
    t.ok(
      compare('y', right, wrong, 0.1).relative > 0.1,
      'or the passes of ort-web need no padding any more',
    )
  },
)

t.test('a file in float16 may be off by what float16 rounds', { skip }, async (t) => {
  const output = join(t.testdir(), 'net.onnx')
  const options = { output, size: { height: 8, width: 8 }, target: targets['ort-web'] }
  const limits = {
    float32: runTolerance * deviceRatio,
    float16: runTolerance * halfRatio * deviceRatio,
  }
  for (const precision of ['float32', 'float16'] as const) {
    await build(network, { ...options, precision })
    const { ok, outputs } = await verifyFile(output, { provider: 'webgpu' })
    t.match(outputs, [{ tolerance: limits[precision] }])
    t.ok(ok, `${precision} is off by ${outputs[0]?.relative}`)
  }
})

t.test('threads that share a lock do nothing at the same time', async (t) => {
  const [lock, count] = [newLock(), newLock()]
  const url = new URL('../src/runtime/alone.js', import.meta.url).href
  const code = `
    const { workerData: { lock, count } } = require('node:worker_threads')
    import(${JSON.stringify(url)}).then(async ({ alone }) => {
      for (let i = 0; i < 50; i++)
        await alone(lock, async () => {
          const before = count[0]
          await new Promise(setImmediate)
          count[0] = before + 1
        })
    })`
  const ended = [1, 2].map(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(code, { eval: true, workerData: { lock, count } })
        worker.on('exit', resolve)
        worker.on('error', reject)
      }),
  )
  t.same(await Promise.all(ended), [0, 0])
  t.equal(count[0], 100)
})
