import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { scratch } from './support/heddle.js'
import { installed } from './support/installed.js'
import { type Ended, ended, type Started, start } from './support/plain-node.js'
import { named, packageIndex, wheelOf } from './support/wheels.js'

const skip = `${process.platform}-${process.arch}` !== 'linux-x64' && 'CUDA is for linux-x64 alone'

interface Installed {
  /** Of ONNX Runtime's libraries. */
  readonly folder: string
  readonly temporary: string
  begin(line: string, env?: Readonly<Record<string, string>>): Started
  heddle(line: string, env?: Readonly<Record<string, string>>): Promise<Ended>
}

/** heddle with an onnxruntime-node beside it that only looks like one: never the one that tests run on. */
function besideRuntime(t: Test): Installed {
  const cwd = scratch(t, { 'tmp/empty': '' })
  const main = installed(cwd)
  const runtime = join(cwd, 'heddle/node_modules/onnxruntime-node')
  const folder = join(runtime, 'bin/napi-v6/linux/x64')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(runtime, 'package.json'), '{ "version": "1.30.0", "main": "dist/index.js" }')
  mkdirSync(join(runtime, 'dist'))
  for (const name of ['bin/napi-v6/linux/x64/onnxruntime_binding.node', 'dist/index.js'])
    writeFileSync(join(runtime, name), '')
  writeFileSync(join(cwd, named()), wheelOf())
  const temporary = join(cwd, 'tmp')
  const begin: Installed['begin'] = (line, env = {}) =>
    start([process.execPath, main, ...line.split(' ')], {
      cwd,
      env: { TMPDIR: temporary, NODE_DISABLE_COMPILE_CACHE: '1', NO_COLOR: '1', ...env },
    })
  return { folder, temporary, begin, heddle: (line, env) => ended(begin(line, env)) }
}

t.test('the provider is installed, found to be there, and removed', { skip }, async (t) => {
  const { folder, heddle } = besideRuntime(t)
  const { code, stdout, stderr } = await heddle(`cuda install --wheel ${named()}`)
  t.equal(stderr, '')
  t.equal(code, 0)
  t.equal(
    stdout,
    `heddle/node_modules/onnxruntime-node/bin/napi-v6/linux/x64
  the CUDA provider of ONNX Runtime 1.30.0, of ${named()}
  libonnxruntime_providers_shared.so  put in place
  libonnxruntime_providers_cuda.so    put in place
  next: it needs cuDNN 9; heddle doctor tells what is missing.
`,
  )
  const again = await heddle('cuda install --json')
  t.same(JSON.parse(again.stdout), {
    version: '1.30.0',
    folder,
    wheel: named(),
    files: [
      { name: 'libonnxruntime_providers_shared.so', before: 'the same' },
      { name: 'libonnxruntime_providers_cuda.so', before: 'the same' },
    ],
    needs: [],
  })
  const removed = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so']
  t.same(JSON.parse((await heddle('cuda remove --json')).stdout), { folder, removed })
  t.match((await heddle('cuda remove')).stdout, 'there was no CUDA provider')
})

t.test('the index is that of the option, or else of pip', { skip }, async (t) => {
  const { heddle } = besideRuntime(t)
  const { url, asked } = await packageIndex(t)
  const { code, stderr } = await heddle('cuda install --index file:///x', { PIP_INDEX_URL: url })
  t.equal(code, 2)
  t.match(stderr, /^error: the index is file:\/\//)
  t.equal((await heddle('cuda install', { PIP_INDEX_URL: url })).code, 0)
  t.equal(asked.length, 2)
})

t.test('Ctrl-C ends a fetch with 130, and nothing is left behind', { skip }, async (t) => {
  const { folder, temporary, begin } = besideRuntime(t)
  const { url } = await packageIndex(t, { most: 300, waits: true })
  const child = begin(`cuda install --index ${url}`)
  const end = ended(child)
  while (readdirSync(temporary).length < 2 && child.exitCode === null) await sleep(5)
  child.kill('SIGINT')
  const { code, stderr } = await end
  t.equal(code, 130)
  t.equal(stderr, 'interrupted by SIGINT\n')
  t.same(readdirSync(temporary), ['empty'])
  t.same(readdirSync(folder), ['onnxruntime_binding.node'])
})
