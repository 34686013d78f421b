import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { writeCuda } from './support/cuda-machine.js'
import { elf, writeElf } from './support/elf.js'
import { scratch } from './support/heddle.js'
import { installed } from './support/installed.js'
import { libraryIndex, libraryWheel } from './support/library-wheels.js'
import { type Ended, ended, type Started, start } from './support/plain-node.js'
import { named, packageIndex, providerText, wheelOf } from './support/wheels.js'

const skip = `${process.platform}-${process.arch}` !== 'linux-x64' && 'CUDA is for linux-x64 alone'

interface Installed {
  readonly cwd: string
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
      env: {
        TMPDIR: temporary,
        XDG_CACHE_HOME: join(cwd, 'cache'),
        NODE_DISABLE_COMPILE_CACHE: '1',
        NO_COLOR: '1',
        ...env,
      },
    })
  return { cwd, folder, temporary, begin, heddle: (line, env) => ended(begin(line, env)) }
}

/** A provider that needs a library of which there is none anywhere, and the folder that has all others. */
function needing(t: Test): { readonly wheel: Uint8Array; readonly folder: string } {
  const folder = scratch(t)
  writeCuda(folder)
  writeElf(join(folder, 'libnvrtc.so.13'))
  const provider = elf({ needed: ['libcudart.so.13', 'libcurand.so.99'] })
  const files = { ...providerText, 'libonnxruntime_providers_cuda.so': provider }
  return { wheel: wheelOf({ files }), folder }
}

t.test(
  'the provider and its libraries are installed, found to be there, and removed',
  { skip },
  async (t) => {
    const { folder, cwd, heddle } = besideRuntime(t)
    const needs = needing(t)
    writeFileSync(join(cwd, named()), needs.wheel)
    const line = `cuda install --cuda-folder ${needs.folder}`
    const { code, stdout, stderr } = await heddle(`${line} --wheel ${named()}`)
    t.equal(stderr, '')
    t.equal(code, 0)
    t.equal(
      stdout,
      `heddle/node_modules/onnxruntime-node/bin/napi-v6/linux/x64
  the CUDA provider of ONNX Runtime 1.30.0, of ${named()}
  libonnxruntime_providers_shared.so  put in place
  libonnxruntime_providers_cuda.so    put in place
CUDA's libraries
  in ../${basename(needs.folder)} (the folder that was given): libcudart.so.13, libcudnn.so.9, libnvrtc.so.13
  not found: libcurand.so.99
Next: heddle cuda install --libraries (some 77 MB, without Python), or pip install nvidia-curand~=99.0
`,
    )
    const { url } = await libraryIndex(t, [
      libraryWheel('nvidia-curand', '99.1', { 'libcurand.so.99': { needed: ['libcufft.so.98'] } }),
      libraryWheel('nvidia-cufft', '98.2', { 'libcufft.so.98': {} }),
    ])
    const fetching = await heddle(`${line} --libraries --index ${url} --json`)
    const told = JSON.parse(fetching.stdout)
    t.match(fetching.stderr, /^fetching CUDA's libraries, \S+ kB, into cache\/heddle\/cuda-13\n/)
    t.match(fetching.stderr, /NVIDIA's proprietary licences.*\n {2}nvidia_curand-99\.1/)
    t.match(fetching.stderr, 'nvidia_cufft-98.2')
    t.match(told, {
      version: '1.30.0',
      folder,
      wheel: named(),
      files: [
        { name: 'libonnxruntime_providers_shared.so', before: 'the same' },
        { name: 'libonnxruntime_providers_cuda.so', before: 'the same' },
      ],
      fetched: [
        { name: 'nvidia-curand', version: '99.1', licence: 'LicenseRef-Test' },
        {
          name: 'nvidia-cufft',
          version: '98.2',
          files: ['libcufft.so.98', 'nvidia-cufft-License.txt'],
        },
      ],
    })
    const curand = told.libraries.find(({ name }: { name: string }) => name === 'libcurand.so.99')
    t.same(curand, {
      name: 'libcurand.so.99',
      path: join(cwd, 'cache/heddle/cuda-13/libcurand.so.99'),
      place: "heddle's own folder",
    })
    const again = await heddle(`${line} --libraries --index ${url}`)
    t.equal(again.stderr, '', 'nothing is fetched')
    t.match(again.stdout, 'Next: heddle doctor')
    rmSync(join(needs.folder, 'libnvrtc.so.13'))
    t.match((await heddle(line)).stdout, 'Next: heddle doctor', 'it runs without the compiler')
    const removed = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so']
    const kept = await heddle('cuda remove --keep-libraries --json')
    t.same(JSON.parse(kept.stdout), { folder, removed })
    const last = (await heddle('cuda remove')).stdout
    t.match(last, 'there was no CUDA provider')
    t.match(last, 'cache/heddle/cuda-13\n  libcufft.so.98 removed\n  libcurand.so.99 removed\n')
  },
)

t.test('no libraries are fetched for a provider of CUDA 12', { skip }, async (t) => {
  const { cwd, heddle } = besideRuntime(t)
  const provider = elf({ needed: ['libcudart.so.12', 'libcurand.so.99'] })
  const files = { ...providerText, 'libonnxruntime_providers_cuda.so': provider }
  writeFileSync(join(cwd, named()), wheelOf({ files }))
  const { code, stderr } = await heddle(`cuda install --wheel ${named()} --libraries`)
  t.equal(code, 2)
  t.match(stderr, /^error: the provider is for CUDA 12, .* CUDA 13 alone\n.*pip install nvidia-/)
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
