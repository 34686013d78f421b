import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import t, { type Test } from 'tap'
import { linkRuntime } from '../scripts/stubs/runtime.js'
import type { CudaOptions } from '../src/cuda/options.js'
import { aside } from './support/aside.js'
import { provider, skip, stubs } from './support/cuda-stubs.js'
import { plainNode } from './support/plain-node.js'

/** heddle's runtime beside an onnxruntime-node that has the provider's files. */
function onStubs(t: Test): string {
  const folder = aside(t, ['koffi'])
  linkRuntime(join(folder, 'node_modules'), provider)
  return folder
}

const { onnx } = onnxProto

/** y = relu(conv(x) + bias), x [1, 2, 4, 4], 3×3 to 2 channels. */
function convolution(): Uint8Array {
  const type = {
    tensorType: { elemType: 1, shape: { dim: [1, 2, 4, 4].map((dimValue) => ({ dimValue })) } },
  }
  const weight = { name: 'w', dataType: 1, dims: [2, 2, 3, 3], floatData: Array(36).fill(0.1) }
  const bias = { name: 'b', dataType: 1, dims: [2], floatData: [1, 2] }
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'convolution',
      node: [
        {
          name: 'conv',
          opType: 'Conv',
          input: ['x', 'w', 'b'],
          output: ['c'],
          attribute: [{ name: 'pads', type: 7, ints: [1, 1, 1, 1] }],
        },
        { name: 'relu', opType: 'Relu', input: ['c'], output: ['y'] },
      ],
      initializer: [weight, bias],
      input: [{ name: 'x', type }],
      output: [{ name: 'y', type }],
    },
  }).finish()
}

/** Runs a session three times, then on another shape; tells each run's lines of the log, and the operators by profile. */
const program = `
  import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
  import { openCApi } from './runtime/engines/c-api.js'
  import { placementIn } from './runtime/profile.js'
  import { openSession } from './runtime/session.js'
  const log = process.env.FAKE_CUDA_LOG
  const x = { data: new Float32Array(32), dims: [1, 2, 4, 4] }
  const runs = []
  try {
    const options = { optimize: true, provider: 'cuda', engine: 'c-api', cuda: JSON.parse(process.argv[1]) }
    const session = await openSession('net.onnx', options)
    for (let i = 0; i < 3; i++) {
      writeFileSync(log, '')
      await session.run({ x })
      runs.push(readFileSync(log, 'utf8').trim().split('\\n'))
    }
    const half = { data: new Float32Array(16), dims: [1, 2, 2, 4] }
    const other = await session.run({ x: half }).catch((error) => error.message)
    const { provider } = session
    await session.close()
    const profile = mkdtempSync('profile-')
    const engine = await openCApi({ ...options, model: 'net.onnx', memoryPattern: true, profile, folder: '.' }, () => {})
    await engine.run({ x }, ['y'])
    engine.endProfile()
    const { cuda } = await placementIn(profile)
    await engine.close()
    console.log(JSON.stringify({ provider, runs, other, operators: cuda.map(({ operator }) => operator) }))
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }))
  }`

interface Told {
  readonly error?: string
  readonly provider: string
  readonly runs: readonly (readonly string[])[]
  readonly other: string
  readonly operators: readonly string[]
}

t.test('on CUDA’s stubs', { skip }, async (t) => {
  const folder = onStubs(t)
  writeFileSync(join(folder, 'net.onnx'), convolution())
  const told = (cuda: CudaOptions): Told => {
    const env = {
      LD_LIBRARY_PATH: [stubs, join(stubs, 'dnn')].join(':'),
      FAKE_CUDA_LOG: join(folder, 'log'),
    }
    const words = ['--input-type=module', '-e', program, JSON.stringify(cuda)]
    const { stdout, stderr } = plainNode(words, { cwd: folder, env })
    return JSON.parse(stdout || JSON.stringify({ error: stderr }))
  }

  t.test('a run is copied in once, launched node by node, and copied out once', async (t) => {
    const { error, provider, runs } = told({})
    t.equal(error, undefined)
    t.equal(provider, 'cuda')
    for (const lines of runs) {
      t.same(copies(lines), ['memcpy H2D 128', 'memcpy D2H 128'])
      t.ok(lines.some((line) => line.startsWith('launch')))
      t.ok(lines.includes('cudnn AddTensor'), 'a bias is added by itself')
    }
  })

  t.test('with graph, the first run is captured, and later ones are one launch', async (t) => {
    const { runs, other } = told({ graph: true })
    const [first, ...later] = runs
    t.equal(first?.filter((line) => line === 'endcapture').length, 1)
    for (const lines of later) t.same(lines, ['memcpy H2D 128', 'graphlaunch', 'memcpy D2H 128'])
    t.match(other, /captured for x float32 \[1,2,4,4\], and was given x float32 \[1,2,2,4\]/)
  })

  t.test('cuDNN adds biases with fuseConvBias; nhwc and tf32 are taken', async (t) => {
    const { runs, operators } = told({ fuseConvBias: true })
    t.equal(runs.length, 3)
    for (const lines of runs) t.notOk(lines.includes('cudnn AddTensor'))
    t.same(operators, ['Conv', 'Relu'])
    t.same(told({ nhwc: true, tf32: false }).operators, ['Transpose', 'Conv', 'Relu', 'Transpose'])
  })
})

function copies(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => /^memcpy [DH]2[DH]/.test(line))
}
