import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { engines } from '../src/runtime/provider.js'
import { onStubs, skip, told } from './support/cuda-stubs.js'
import { tinyOnnx } from './support/tiny-onnx.js'

const opening = `
  import { readFileSync, writeFileSync } from 'node:fs'
  import { openSession } from './runtime/session.js'
  const argument = JSON.parse(process.argv[1])
  const x = { data: new Float32Array(32), dims: [1, 2, 4, 4] }
  const open = (options) => openSession('net.onnx', { optimize: true, provider: 'cuda', ...options })
  const why = (error) => error.message
`

t.test(
  'a network whose nodes stay on the CPU fails in each run, not the first alone',
  {
    skip,
  },
  async (t) => {
    const folder = onStubs(t)
    writeFileSync(join(folder, 'net.onnx'), tinyOnnx({ operator: 'Acos' }))
    const program = `${opening}
    const session = await open({})
    const runs = await Promise.all([1, 2].map(() => session.run({ x }).catch(why)))
    runs.push(await session.run({ x }).catch(why))
    await session.close()
    console.log(JSON.stringify(runs))`
    const runs = told<readonly unknown[]>(folder, program)
    t.equal(runs.length, 3)
    for (const run of runs)
      t.match(run, /^1 of 3 nodes ran on the CPU, and cuda was asked for: Acos end/)
  },
)

t.test('TF32 is as it was asked for, or refused', { skip }, async (t) => {
  const folder = onStubs(t)
  writeFileSync(join(folder, 'net.onnx'), tinyOnnx())
  /** What becomes of sessions one after the other in a process. */
  const program = `${opening}
    const said = []
    for (const { tf32, engine, folder, variable } of argument) {
      if (variable !== undefined) process.env.NVIDIA_TF32_OVERRIDE = variable
      if (engine) said.push(await open({ engine, cuda: { tf32, folder } }).then((session) => session.close(), why))
    }
    console.log(JSON.stringify({ said, variable: process.env.NVIDIA_TF32_OVERRIDE }))`
  const after = (...sessions: object[]) =>
    told<{ said: readonly (string | null)[]; variable?: string }>(folder, program, sessions)
  const [node, cApi] = engines

  const frozen = after({ engine: cApi, tf32: false }, { engine: node, tf32: false })
  t.match(frozen.said, [null, /^TF32 is on in this process .* to be off\n.*engine c-api/])
  t.equal(frozen.variable, undefined, 'c-api says it to the session')

  for (const off of [{ variable: '0' }, { engine: node, tf32: false }]) {
    const { said } = after(off, { engine: cApi, tf32: true }, { engine: cApi })
    t.match(said.at(-2), /^TF32 is off in this process .* to be on\n {2}Run it in another process/)
    t.notMatch(said.at(-2), /c-api/, 'which could not help')
    t.equal(said.at(-1), null)
  }

  const elsewhere = { engine: node, tf32: false, folder: '/nowhere' }
  const unopened = after(elsewhere, { engine: node, tf32: true })
  t.match(unopened, { said: [/no folder \/nowhere/, null] })
  t.equal(unopened.variable, undefined, 'a session that never opened decides nothing')
})

t.test('with graph, a first run that fails leaves nothing to be replayed', { skip }, async (t) => {
  const folder = onStubs(t)
  writeFileSync(join(folder, 'net.onnx'), tinyOnnx())
  const program = `${opening}
    const log = process.env.FAKE_CUDA_LOG
    const session = await open({ engine: 'c-api', cuda: { graph: true } })
    const wrong = await session.run({ x }, ['z']).catch(why)
    const runs = []
    for (let i = 0; i < 2; i++) {
      writeFileSync(log, '')
      await session.run({ x })
      runs.push(readFileSync(log, 'utf8').trim().split('\\n'))
    }
    const late = await session.run({ x }, ['z']).catch(why)
    const again = await session.run({ x }).catch(why)
    await session.close()
    console.log(JSON.stringify({ wrong, runs, late, again: Object.keys(again) }))`
  const { wrong, runs, late, again } = told<{
    wrong: string
    runs: readonly (readonly string[])[]
    late: string
    again: readonly string[]
  }>(folder, program)
  t.match([wrong, late], [/no output z/, /no output z/])
  const [first, second] = runs
  t.ok(first?.includes('endcapture'), 'the first that ran is captured')
  t.ok(second?.includes('graphlaunch'))
  t.same(again, ['y', 'shifted'])
})

t.test(
  'a provider that c-api cannot register is not told as a missing onnxruntime-node',
  {
    skip,
  },
  async (t) => {
    const folder = onStubs(t)
    writeFileSync(join(folder, 'net.onnx'), tinyOnnx())
    const files = join(
      folder,
      'node_modules/onnxruntime-node/bin/napi-v6',
      process.platform,
      process.arch,
    )
    const cuda = join(files, 'libonnxruntime_providers_cuda.so')
    rmSync(cuda)
    copyFileSync(join(files, 'libonnxruntime_providers_shared.so'), cuda)
    const said = told<string>(
      folder,
      `${opening} console.log(JSON.stringify(await open({ engine: 'c-api' }).catch(why)))`,
    )
    t.match(said, /^ONNX Runtime /)
    t.notMatch(said, /onnxruntime-node does not load/)
  },
)
