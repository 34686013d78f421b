import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { installLibraries, planLibraries } from '../src/cuda/install-libraries.js'
import {
  type CudaLibrary,
  findLibraries,
  missingNames,
  neededNames,
} from '../src/cuda/libraries.js'
import { libraryWheel as wanted } from '../src/cuda/library-wheels.js'
import { ownFolder } from '../src/cuda/own-folder.js'
import { InputError } from '../src/errors.js'
import { cuda13, writeCuda } from './support/cuda-machine.js'
import { writeElf } from './support/elf.js'
import { scratch } from './support/heddle.js'
import { type LibraryWheel, libraryIndex, libraryWheel } from './support/library-wheels.js'

// Nothing of the machine's own is found.
const nowhere = (): readonly string[] => []
for (const name of ['LD_LIBRARY_PATH', 'VIRTUAL_ENV', 'CONDA_PREFIX']) delete process.env[name]
process.env.PATH = '/nowhere'
const look = (folder?: string, beside = '/nowhere', provider?: string): readonly CudaLibrary[] =>
  findLibraries(provider, beside, { folder }, nowhere)

/** The user's caches, empty; heddle's own folder in them is there once something is fetched. */
function caches(t: Test, folder = scratch(t)): string {
  process.env.XDG_CACHE_HOME = folder
  return folder
}

const all: readonly LibraryWheel[] = [
  libraryWheel('nvidia-cublas', '13.9.0.1', { 'libcublas.so.13': {} }),
  libraryWheel('nvidia-cublas', '13.10.0.20', {
    'libcublasLt.so.13': {},
    'libcublas.so.13': { needed: ['libcublasLt.so.13'] },
  }),
  libraryWheel('nvidia-curand', '10.4.5', { 'libcurand.so.10': { needed: ['libcudart.so.13'] } }),
  libraryWheel('nvidia-cuda-runtime', '13.5.37', { 'libcudart.so.13': {} }),
  libraryWheel('nvidia-cudnn-cu13', '9.28.1', { 'libcudnn.so.9': {} }),
  libraryWheel('nvidia-cuda-nvrtc', '13.5.37', {
    'libnvrtc.so.13': {},
    'libnvrtc-builtins.so.13.5': {},
  }),
]

t.test('what is missing but the driver is fetched, and found from then on', async (t) => {
  const cache = caches(t)
  const { url, asked } = await libraryIndex(t, all)
  const names = missingNames(look())
  t.same([...names].sort(), [
    'libcublas.so.13',
    'libcublasLt.so.13',
    'libcudart.so.13',
    'libcudnn.so.9',
    'libcurand.so.10',
    'libnvrtc.so.13',
  ])
  const plan = await planLibraries(names, url)
  t.equal(plan.wheels.length, 5)
  t.equal(asked.length, 5, 'pages alone were asked for')
  t.same(readdirSync(cache), [])
  const phases: string[] = []
  const fetched = await installLibraries(plan, { progress: ({ phase }) => phases.push(phase) })
  t.same([...new Set(phases)], ['fetch', 'write'])
  t.same(
    fetched.find(({ name }) => name === 'nvidia-cublas'),
    {
      name: 'nvidia-cublas',
      version: '13.10.0.20',
      licence: 'LicenseRef-Test',
      files: ['libcublasLt.so.13', 'libcublas.so.13', 'nvidia-cublas-License.txt'],
    },
  )
  t.same(readdirSync(join(cache, 'heddle')), ['cuda-13'], 'no wheel stays')
  t.equal(readFileSync(join(ownFolder(), 'nvidia-cublas-License.txt'), 'utf8'), 'take care')
  const found = look()
  t.same(missingNames(found), [])
  t.same(
    [...new Set(found.map(({ place }) => place))],
    [undefined, "heddle's own folder"],
    'the driver alone is missing',
  )
})

t.test('what goes wrong leaves the folder as it was', async (t) => {
  const cache = caches(t)
  const failing = async (
    wheels: readonly LibraryWheel[],
    said: RegExp,
    { sha256, names = ['libcurand.so.10'] }: { sha256?: string | undefined; names?: string[] } = {},
  ): Promise<void> => {
    const before = readdirSync(cache, { recursive: true })
    const { url } = await libraryIndex(t, wheels, { sha256 })
    const error = await planLibraries(names, url)
      .then(installLibraries)
      .catch((error) => error)
    t.ok(error instanceof InputError, String(said))
    t.match(error.message, said)
    t.same(readdirSync(cache, { recursive: true }), before)
  }
  const damaged = libraryWheel('nvidia-curand', '10.1', { 'libcurand.so.10': {} }, 'abc')
  await failing([damaged], /libcurand\.so\.10 has the SHA-256 digest \S+, and the wheel's RECORD/)
  await failing(all, /have the SHA-256 digest \S+, and the index states ab/, { sha256: 'ab' })
  const lacking = libraryWheel('nvidia-curand', '10.1', { 'libelse.so.1': {} })
  await failing([lacking], /no libcurand\.so\.10 in nvidia_curand-10\.1-py3/)
  const other = libraryWheel('nvidia-cufft', '10.1', { 'libcurand.so.10': {} })
  await failing(
    [{ ...other, filename: other.filename.replace('cufft', 'curand') }],
    /nvidia_curand-10\.1\S* holds nvidia-cufft, and nvidia-curand was wanted/,
  )
  await failing([], /has 0 files, and none of them is a wheel of nvidia-curand 10 for Linux x64/)
  await failing([], /Or install it by pip: pip install nvidia-curand~=10\.0/)
  await failing(all, /no wheel of NVIDIA's is known to have libcuelse\.so\.1/, {
    names: ['libcuelse.so.1'],
  })
  mkdirSync(ownFolder(), { recursive: true })
  writeFileSync(join(ownFolder(), 'libcurand.so.10'), 'theirs')
  await failing([damaged], /the wheel's RECORD/)
  t.equal(readFileSync(join(ownFolder(), 'libcurand.so.10'), 'utf8'), 'theirs')
})

t.test('an interrupt while it fetches leaves nothing behind', async (t) => {
  const cache = caches(t)
  const { url } = await libraryIndex(t, all)
  const plan = await planLibraries(['libcurand.so.10', 'libcudnn.so.9'], url)
  for (const last of ['fetch', 'write']) {
    const controller = new AbortController()
    const reason = new Error('enough')
    const error = await installLibraries(plan, {
      signal: controller.signal,
      progress: ({ phase }) => phase === last && controller.abort(reason),
    }).catch((error: unknown) => error)
    t.equal(error, reason)
    t.same(readdirSync(cache), [])
  }
})

t.test(
  'room, and a folder that can be made, are looked for before anything is fetched',
  async (t) => {
    const cache = caches(t, scratch(t, { file: '' }))
    const { url, asked } = await libraryIndex(t, all, { size: 2 ** 50 })
    const plan = await planLibraries(['libcurand.so.10'], url)
    // Packed and unpacked.
    const said = /cuda-13 takes 2\.25 PB, and \S+ \S*B are free.*\n.*XDG_CACHE_HOME/
    await t.rejects(installLibraries(plan), said)
    t.same(readdirSync(cache), ['file'])
    caches(t, join(cache, 'file'))
    const elsewhere = await planLibraries(['libcurand.so.10'], url)
    await t.rejects(installLibraries(elsewhere), /cuda-13 cannot be made: .*\n.*XDG_CACHE_HOME/)
    t.equal(asked.length, 2, 'pages alone were asked for')
  },
)

t.test('the wheel is the newest whose version and glibc fit', async (t) => {
  const pick = (...names: readonly string[]): string | undefined =>
    wanted({ project: 'nvidia-cublas', major: 13, bytes: 0 }, [2, 36]).pick(
      names.map((filename) => ({ filename, url: '', yanked: filename.includes('.77.') })),
    )?.filename
  const of = (version: string, tags = 'manylinux_2_27_x86_64'): string =>
    `nvidia_cublas-${version}-py3-none-${tags}.whl`
  const tenth = of('13.10.0.20', 'manylinux1_x86_64.manylinux_2_5_x86_64')
  t.equal(pick(of('13.10.0.2'), tenth, of('13.8.2.12')), tenth)
  t.equal(pick(of('13.8.2'), of('13.8.2.1'), of('13.8')), of('13.8.2.1'))
  for (const other of [
    of('13.11.0rc1'),
    of('13.11.0.dev5'),
    of('14.0.1'),
    of('12.9.1'),
    of('13.77.0'),
    of('13.11', 'manylinux_2_37_x86_64'),
    of('13.11', 'manylinux_2_27_aarch64'),
    of('13.11', 'win_amd64'),
    'nvidia_cublas-13.11.tar.gz',
    of('13.11').replace('cublas', 'curand'),
    `../../../${of('13.11')}`,
  ]) {
    t.equal(pick(other), undefined, other)
    t.equal(pick(of('13.8.2'), other), of('13.8.2'))
  }
  const written = of('13.11').replace('nvidia_', 'NVIDIA.')
  t.equal(pick(of('13.8.2'), written), written)
  const newer = of('13.11', 'manylinux_2_37_x86_64.manylinux2014_x86_64')
  t.equal(pick(newer), newer, 'one tag that fits is enough')
})

t.test("heddle's own folder goes after what is given, before what all programs see", async (t) => {
  caches(t)
  const [given, beside, theirs] = [scratch(t), scratch(t), scratch(t)]
  const placeOf = (): string | undefined =>
    look(given, beside).find(({ name }) => name === 'libcudnn.so.9')?.place
  process.env.LD_LIBRARY_PATH = theirs
  t.teardown(() => delete process.env.LD_LIBRARY_PATH)
  for (const [folder, place] of [
    [theirs, 'LD_LIBRARY_PATH'],
    [ownFolder(), "heddle's own folder"],
    [beside, 'beside onnxruntime-node'],
    [given, 'the folder that was given'],
  ] as const) {
    writeCuda(folder)
    t.equal(placeOf(), place)
  }
})

t.test('a provider for CUDA 12 takes nothing of what was fetched for 13', async (t) => {
  caches(t)
  writeCuda(ownFolder())
  const provider = join(scratch(t), 'provider.so')
  writeElf(provider, { needed: ['libcudart.so.12', 'libcurand.so.10'] })
  t.ok(look(undefined, '/nowhere', provider).every(({ path }) => path === undefined))
  writeElf(provider, { needed: ['libcudart.so.13', 'libcurand.so.10'] })
  t.ok(look(undefined, '/nowhere', provider).every(({ path }) => path !== undefined))
})

t.test(
  'libraries whose names do not tell their CUDA count as missing with those that do',
  async (t) => {
    caches(t)
    const folder = scratch(t)
    writeCuda(folder, ['libcudart.so.13', 'libcurand.so.10'])
    writeElf(join(folder, 'libnvrtc.so.13'))
    writeElf(join(folder, 'libcurand.so.10'))
    t.same(missingNames(look(folder)), ['libcudart.so.13', 'libcurand.so.10', 'libcudnn.so.9'])
    writeElf(join(folder, 'libcudart.so.13'))
    t.same(missingNames(look(folder)), [])
    writeCuda(folder, Object.keys(cuda13))
    const bare = scratch(t)
    writeCuda(bare)
    t.same(missingNames(look(bare)), ['libnvrtc.so.13'], 'the compiler alone')
    t.same(neededNames(look(bare)), [], 'which is no fault')
  },
)

t.test('the folder is where the system keeps caches', async (t) => {
  const { XDG_CACHE_HOME } = process.env
  t.teardown(() => Object.assign(process.env, { XDG_CACHE_HOME }))
  process.env.XDG_CACHE_HOME = '/caches'
  t.equal(ownFolder(), '/caches/heddle/cuda-13')
  process.env.XDG_CACHE_HOME = 'caches'
  t.equal(ownFolder(), join(homedir(), '.cache/heddle/cuda-13'))
  delete process.env.XDG_CACHE_HOME
  t.equal(ownFolder(), join(homedir(), '.cache/heddle/cuda-13'))
})
