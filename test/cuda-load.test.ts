import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { fileHolds, readSharedLibrary } from '../src/cuda/elf.js'
import { cudaFailure } from '../src/cuda/failure.js'
import { findLibraries } from '../src/cuda/libraries.js'
import { findCuda, loadCuda } from '../src/cuda/load.js'
import { providerFits, runtimePackage } from '../src/cuda/provider-files.js'
import { RuntimeError } from '../src/errors.js'
import { findRuntime } from '../src/runtime/find.js'
import { cuda13, cudaMachine, writeCuda } from './support/cuda-machine.js'
import { writeElf } from './support/elf.js'
import { scratch } from './support/heddle.js'

const needed = Object.keys(cuda13).filter((name) => !name.startsWith('libcudnn'))
const onLinux =
  process.platform === 'linux' && process.arch === 'x64' ? {} : { skip: 'CUDA is for linux-x64' }

// Nothing of the machine's own is found.
const nowhere = (): readonly string[] => []
for (const name of ['LD_LIBRARY_PATH', 'VIRTUAL_ENV', 'CONDA_PREFIX']) delete process.env[name]
process.env.PATH = '/nowhere'
process.env.XDG_CACHE_HOME = '/nowhere'

/** The error of loading CUDA from a package whose libraries are in a folder. */
function refusal(entry: string, folder: string): RuntimeError {
  try {
    loadCuda(entry, { folder }, nowhere)
  } catch (error) {
    return error as RuntimeError
  }
  throw new Error('it was loaded')
}

t.test('a shared library tells its machine, its name and what it needs', async (t) => {
  const folder = scratch(t)
  const path = join(folder, 'libx.so.1')
  writeElf(path, { name: 'libx.so.1', needed: ['libcudart.so.13', 'libc.so.6'] })
  t.same(readSharedLibrary(path), {
    machine: 'x64',
    name: 'libx.so.1',
    needed: ['libcudart.so.13', 'libc.so.6'],
  })
  writeElf(path, { machine: 183 })
  t.equal(readSharedLibrary(path)?.machine, 'arm64')
  writeFileSync(path, 'INPUT(libx.so.1.2)')
  t.equal(readSharedLibrary(path), undefined)
})

t.test('bytes are found in a file wherever they lie, across its pieces too', async (t) => {
  const path = join(scratch(t), 'file')
  const bytes = Buffer.alloc(2 ** 21 + 3)
  for (const at of [0, 2 ** 20 - 2, 2 ** 21 - 1]) {
    writeFileSync(path, Buffer.from(bytes).fill('word', at, at + 4))
    t.ok(fileHolds(path, 'word'), String(at))
  }
  writeFileSync(path, bytes)
  t.notOk(fileHolds(path, 'word'))
})

t.test('what a library needs is loaded before it, the driver first', async (t) => {
  const { entry, folder } = cudaMachine(t, needed.toReversed())
  writeCuda(folder)
  const { missing, libraries } = findCuda(entry, { folder }, nowhere)
  t.same(missing, [])
  t.same(
    libraries.map(({ problem }) => problem),
    libraries.map(() => undefined),
  )
  const names = libraries.map(({ name }) => name)
  t.equal(names[0], 'libcuda.so.1')
  t.same([...names].sort(), Object.keys(cuda13).sort())
  for (const [name, [first = '']] of Object.entries(cuda13))
    if (names.includes(first)) t.ok(names.indexOf(first) < names.indexOf(name), name)
})

t.test('libraries are found where users have them, the folder that is named first', async (t) => {
  const root = scratch(t)
  const provider = join(root, 'provider.so')
  writeElf(provider, { needed: ['libcudart.so.13', 'libcublas.so.12'] })
  const placeOf = (options: { folder?: string } = {}): string | undefined => {
    const found = findLibraries(provider, join(root, 'beside'), options, nowhere)
    return found.find(({ name }) => name === 'libcudart.so.13')?.place
  }
  const put = (...path: string[]): string => {
    const folder = join(root, ...path)
    mkdirSync(folder, { recursive: true })
    writeElf(join(folder, 'libcudart.so.13'))
    return folder
  }
  t.equal(placeOf(), undefined)
  // From the last place to the first.
  put('other', 'lib', 'python3.12', 'site-packages', 'nvidia', 'cu13', 'lib')
  mkdirSync(join(root, 'other', 'bin'))
  writeFileSync(join(root, 'other', 'bin', 'python3'), '')
  process.env.PATH = join(root, 'other', 'bin')
  t.match(placeOf(), /^Python \(.*other\/bin\/python3\)$/)
  put('active', 'lib', 'python3.11', 'site-packages', 'nvidia', 'cuda_runtime', 'lib')
  process.env.VIRTUAL_ENV = join(root, 'active')
  t.equal(placeOf(), 'Python (VIRTUAL_ENV)')
  process.env.LD_LIBRARY_PATH = `/nowhere:${put('path')}`
  t.equal(placeOf(), 'LD_LIBRARY_PATH')
  put('beside')
  t.equal(placeOf(), 'beside onnxruntime-node')
  for (const below of [['.'], ['lib'], ['lib64'], ['cudnn', 'lib'], ['nvidia', 'cu13', 'lib']]) {
    const [place = ''] = below
    put(`given-${place}`, ...below)
    t.equal(placeOf({ folder: join(root, `given-${place}`) }), 'the folder that was given', place)
  }
  process.env.PATH = '/nowhere'
  delete process.env.VIRTUAL_ENV
  delete process.env.LD_LIBRARY_PATH
})

t.test(
  'a library of another machine is passed over, and told where there is no other',
  async (t) => {
    const { entry, beside, folder } = cudaMachine(t, needed)
    writeCuda(folder)
    writeElf(join(folder, 'libcurand.so.10'), { machine: 183 })
    const curand = () =>
      findCuda(entry, { folder }, nowhere).libraries.find(({ name }) => name === 'libcurand.so.10')
    t.match(curand(), { place: 'the folder that was given', problem: /arm64/ })
    writeElf(join(beside, 'libcurand.so.10'))
    t.match(curand(), { place: 'beside onnxruntime-node', problem: undefined })
  },
)

t.test('a python3 that only leads to another is asked for its packages', onLinux, async (t) => {
  const root = scratch(t, { 'bin/python3': '#!/bin/sh\necho "$0-packages"\n' })
  chmodSync(join(root, 'bin', 'python3'), 0o755)
  const [provider, packages] = [join(root, 'provider.so'), join(root, 'bin', 'python3-packages')]
  writeElf(provider, { needed: ['libcudart.so.13'] })
  mkdirSync(join(packages, 'nvidia', 'cu13', 'lib'), { recursive: true })
  writeElf(join(packages, 'nvidia', 'cu13', 'lib', 'libcudart.so.13'))
  process.env.PATH = join(root, 'bin')
  const [found] = findLibraries(provider, root, {}, nowhere)
  process.env.PATH = '/nowhere'
  t.match(found, { path: /python3-packages/, problem: undefined })
})

t.test('without the provider’s files, the error says how they come', onLinux, async (t) => {
  const { entry, beside, folder } = cudaMachine(t)
  const error = refusal(entry, folder)
  t.ok(error instanceof RuntimeError)
  t.match(error.problem, 'libonnxruntime_providers_cuda.so')
  t.match(error.problem, beside)
  t.match(error.remedy, 'heddle cuda install')
})

t.test('each library that is missing is named, with what brings it', onLinux, async (t) => {
  const wheels: Readonly<Record<string, string>> = {
    'libcuda.so.1': 'driver',
    'libcudart.so.13': 'heddle cuda install --libraries; or pip install nvidia-cuda-runtime~=13.0,',
    'libcublasLt.so.13': 'heddle cuda install --libraries; or pip install nvidia-cublas~=13.0,',
    'libcublas.so.13': 'heddle cuda install --libraries; or pip install nvidia-cublas~=13.0,',
    'libcurand.so.10': 'heddle cuda install --libraries; or pip install nvidia-curand~=10.0,',
    'libcudnn.so.9': 'heddle cuda install --libraries; or pip install nvidia-cudnn-cu13~=9.0,',
  }
  const { entry, folder } = cudaMachine(t, needed)
  for (const [name, wheel] of Object.entries(wheels)) {
    rmSync(folder, { recursive: true })
    writeCuda(folder, [name])
    const { problem, remedy } = refusal(entry, folder)
    t.match(problem, `1 library is missing or of no use: ${name}`)
    t.match(remedy, wheel)
  }
})

t.test(
  'a cuDNN that has parts is refused without them: it would end the process',
  onLinux,
  async (t) => {
    const { entry, folder } = cudaMachine(t, needed)
    writeCuda(folder)
    writeElf(join(folder, 'libcudnn.so.9'), { text: 'libcudnn_graph.so' })
    const { problem, remedy } = refusal(entry, folder)
    for (const part of ['graph', 'ops', 'cnn', 'adv', 'engines_precompiled', 'heuristic'])
      t.match(problem, `libcudnn_${part}.so.9`)
    t.match(remedy, 'nvidia-cudnn-cu13')
  },
)

t.test('for a provider of CUDA 12, the wheels are those of CUDA 12', onLinux, async (t) => {
  const { entry, folder } = cudaMachine(t, ['libcudart.so.12', 'libcufft.so.11', 'libcudnn.so.9'])
  const { remedy } = refusal(entry, folder)
  t.notMatch(remedy, 'heddle cuda install')
  t.match(remedy, 'nvidia-cuda-runtime-cu12~=12.0 nvidia-cufft-cu12~=11.0 nvidia-cudnn-cu12~=9.0')
})

t.test('a folder that is not there is told, and a file that is no library', onLinux, async (t) => {
  const { entry, folder } = cudaMachine(t, needed)
  t.match(refusal(entry, `${folder}-not`).problem, 'there is no folder')
  writeCuda(folder)
  writeFileSync(join(folder, 'libcurand.so.10'), 'see elsewhere')
  t.match(refusal(entry, folder).problem, /libcurand\.so\.10 \(it is no shared library/)
})

t.test('a provider tells whether it is of a version', async (t) => {
  const { beside } = cudaMachine(t, needed)
  t.ok(providerFits(beside, '1.30.0'))
  t.notOk(providerFits(beside, '1.30'))
  t.notOk(providerFits(beside, '1.31.1'))
})

t.test('what ONNX Runtime says of a machine is said in words, with a remedy', async (t) => {
  t.match(cudaFailure('CUDA failure 35: CUDA driver version is insufficient')?.remedy, '580')
  t.match(cudaFailure('CUDA failure 100: no CUDA-capable device')?.problem, 'no NVIDIA GPU')
  t.match(cudaFailure('cuDNN is unavailable or disabled for CUDA')?.remedy, 'nvidia-cudnn-cu13')
  t.match(cudaFailure('Failed to load shared library')?.remedy, 'heddle cuda install')
  t.equal(cudaFailure('CUDA failure 2: out of memory'), undefined, 'of no machine')
  t.equal(cudaFailure('Invalid feed input name'), undefined)
})

/** Folders of links to a library that does load: that of ONNX Runtime, under the names of CUDA's. */
function loadable(t: Test): { readonly entry: string; readonly folder: string } {
  const { entry, folder } = cudaMachine(t, needed)
  const own = runtimePackage(findRuntime(process.cwd())).folder as string
  for (const name of Object.keys(cuda13))
    symlinkSync(join(own, 'libonnxruntime.so.1'), join(folder, name))
  return { entry, folder }
}

t.test(
  'libraries are loaded, in a worker thread too, and once in a process',
  onLinux,
  async (t) => {
    const { entry, folder } = loadable(t)
    const program = `
    import { parentPort } from 'node:worker_threads'
    import { loadCuda } from ${JSON.stringify(new URL('../src/cuda/load.js', import.meta.url).href)}
    loadCuda(${JSON.stringify(entry)}, { folder: ${JSON.stringify(folder)} })
    parentPort.postMessage('loaded')`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`))
    const inThread = await new Promise((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', reject)
    })
    t.equal(inThread, 'loaded')
    t.match(readFileSync('/proc/self/maps', 'utf8'), 'libonnxruntime.so.1')
    t.throws(() => loadCuda(entry, { folder: '/nowhere' }, nowhere), /no folder/)
    loadCuda(entry, { folder })
    t.doesNotThrow(() => loadCuda(entry, { folder: '/nowhere' }), 'what was loaded first stays')
  },
)
