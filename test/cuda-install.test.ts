import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type InstallOptions, installProvider } from '../src/cuda/install.js'
import { ownFolder } from '../src/cuda/own-folder.js'
import { findWheel } from '../src/cuda/package-index.js'
import { providerWheel } from '../src/cuda/provider-wheel.js'
import { removeProvider } from '../src/cuda/remove.js'
import { InputError, RuntimeError } from '../src/errors.js'
import { cuda13, cudaMachine, writeCuda } from './support/cuda-machine.js'
import { writeElf } from './support/elf.js'
import { scratch } from './support/heddle.js'
import { type SmallDisk, smallDisk } from './support/small-disk.js'
import { named, packageIndex, providerText, type WheelWords, wheelOf } from './support/wheels.js'

const system = 'linux-x64'
const own = ['libonnxruntime.so.1', 'onnxruntime_binding.node']
const [shared, cuda] = Object.keys(providerText) as [string, string]

const disk = smallDisk(t, 100)
const noDisk = disk === undefined && 'no small disk can be mounted here'

interface Runtime {
  readonly entry: string
  /** Of its libraries. */
  readonly folder: string
  readonly temporary: string
  install(options?: InstallOptions): ReturnType<typeof installProvider>
  /** The error of an installation that leaves everything as it was. */
  refused(options: InstallOptions): Promise<Error>
}

/** An onnxruntime-node that only looks like one, and a folder for temporary files. */
function runtime(t: Test, root = scratch(t)): Runtime {
  const folder = join(root, 'bin/napi-v6', process.platform, process.arch)
  const temporary = scratch(t)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(root, 'package.json'), '{ "version": "1.30.0" }')
  for (const name of own) writeFileSync(join(folder, name), 'theirs')
  const entry = join(root, 'dist/index.js')
  const state = (): object =>
    [folder, temporary].map((each) =>
      readdirSync(each).map((name) => [name, readFileSync(join(each, name), 'utf8')]),
    )
  const install: Runtime['install'] = async (options) => {
    const { TMPDIR } = process.env
    process.env.TMPDIR = temporary
    try {
      return await installProvider(entry, { system, ...options })
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
    }
  }
  return {
    entry,
    folder,
    temporary,
    install,
    refused: async (options) => {
      const before = state()
      const error = await install(options).catch((error: unknown) => error)
      t.ok(error instanceof Error, 'it is refused')
      t.same(state(), before, 'nothing is left behind')
      return error as Error
    },
  }
}

function wheelFile(t: Test, words?: WheelWords, name = named(words?.version)): string {
  const path = join(scratch(t), name)
  writeFileSync(path, wheelOf(words))
  return path
}

function expectThere(t: Test, folder: string): void {
  for (const [name, text] of Object.entries(providerText))
    t.equal(readFileSync(join(folder, name), 'utf8'), text, name)
}

for (const level of [0, 6] as const)
  t.test(`the provider comes out of a wheel that is given (packed at ${level})`, async (t) => {
    const { folder, install } = runtime(t)
    const { files, version, wheel } = await install({ wheel: wheelFile(t, { level }) })
    t.same(files, [
      { name: shared, before: 'nothing' },
      { name: cuda, before: 'nothing' },
    ])
    t.same([version, wheel], ['1.30.0', named()])
    expectThere(t, folder)
  })

t.test(
  'without one it is fetched from an index, of this version and system, and only once',
  async (t) => {
    const { folder, temporary, install } = runtime(t)
    const index = await packageIndex(t)
    const phases = new Map<string, number>()
    await install({ index: index.url, progress: ({ phase, done }) => phases.set(phase, done) })
    expectThere(t, folder)
    t.same(index.asked, ['/simple/onnxruntime-gpu/', `/files/${named()}`])
    t.same([...phases.keys()], ['fetch', 'write'])
    t.equal(phases.get('fetch'), wheelOf().length)
    t.same(readdirSync(temporary), [])
    const again = await install({ index: index.url })
    t.same(
      again.files.map(({ before }) => before),
      ['the same', 'the same'],
    )
    t.equal(index.asked.length, 2, 'nothing more was asked for')
  },
)

t.test('an index may ask for a name and a password, and need not state sizes', async (t) => {
  const { folder, install } = runtime(t)
  const index = await packageIndex(t, { size: undefined })
  await install({ index: `${index.url.replace('//', '//me:s%40y@')}/` })
  expectThere(t, folder)
  t.same(index.asked, ['/simple/onnxruntime-gpu/ as me:s@y', `/files/${named()} as me:s@y`])
})

t.test('files that are damaged or of another version are replaced, and that is told', async (t) => {
  const { folder, install } = runtime(t)
  const wheel = wheelFile(t)
  await install({ wheel })
  writeFileSync(join(folder, cuda), `${providerText[cuda]}!`)
  const index = await packageIndex(t)
  const { files } = await install({ index: index.url })
  t.same(files, [
    { name: shared, before: 'the same' },
    { name: cuda, before: 'another' },
  ])
  expectThere(t, folder)
})

t.test('files that are equal are not written, whoever put them there', async (t) => {
  const { folder, install } = runtime(t)
  for (const [name, text] of Object.entries(providerText)) writeFileSync(join(folder, name), text)
  const { files } = await install({ wheel: wheelFile(t) })
  t.same(
    files.map(({ before }) => before),
    ['the same', 'the same'],
  )
  t.same(readdirSync(folder).sort(), [...own, shared, cuda].sort())
})

t.test("a link is left alone: what it leads to is somebody else's", async (t) => {
  const { folder, refused } = runtime(t)
  const theirs = join(scratch(t, { theirs: 'of a Python environment' }), 'theirs')
  symlinkSync(theirs, join(folder, cuda))
  t.match(
    (await refused({ wheel: wheelFile(t) })).message,
    /is a link, .*\n {2}Remove the link first/,
  )
  t.equal(readFileSync(theirs, 'utf8'), 'of a Python environment')
})

t.test('a link that leads to nothing is refused as any other', async (t) => {
  const { folder, install } = runtime(t)
  symlinkSync('/nowhere/at/all', join(folder, cuda))
  await t.rejects(install({ wheel: wheelFile(t) }), /is a link, .*\n {2}Remove the link first/)
})

t.test('a receipt that is not whole is as none', async (t) => {
  const { folder, install } = runtime(t)
  const { url } = await packageIndex(t)
  const whole = { version: '1.30.0', wheel: named(), files: { [shared]: 'a', [cuda]: 'b' } }
  for (const part of [null, { version: '1.30.0' }, { ...whole, files: 'ab' }]) {
    for (const name of Object.keys(providerText)) rmSync(join(folder, name), { force: true })
    writeFileSync(join(folder, 'heddle-cuda.json'), JSON.stringify(part))
    await install({ index: url })
    expectThere(t, folder)
  }
})

t.test('a wheel of another version, system or package is refused', async (t) => {
  const { refused } = runtime(t)
  const error = await refused({ wheel: wheelFile(t, { version: '1.30.1' }) })
  t.ok(error instanceof InputError)
  t.match(
    error.message,
    'holds onnxruntime-gpu 1.30.1, and onnxruntime-node is 1.30.0: they must be equal',
  )
  t.match(error.message, 'pip download onnxruntime-gpu==1.30.0 ')
  const renamed = wheelFile(t, { version: '1.30.1' }, named())
  t.match((await refused({ wheel: renamed })).message, 'holds onnxruntime-gpu 1.30.1')
  const misnamed = wheelFile(t, {}, named('1.29.0'))
  t.match((await refused({ wheel: misnamed })).message, 'named as version 1.29.0, and holds 1.30.0')
  for (const name of [
    'ort.whl',
    named().replace('x86_64', 'aarch64'),
    named().replace('many', 'musl'),
  ])
    t.match((await refused({ wheel: wheelFile(t, {}, name) })).message, 'is not named as a wheel')
})

t.test('a wheel that is damaged, cut off or lacks a file is refused', async (t) => {
  const { refused } = runtime(t)
  const path = (bytes: Uint8Array): string => {
    const path = join(scratch(t), named())
    writeFileSync(path, bytes)
    return path
  }
  const cut = wheelOf().subarray(0, 500)
  t.match(
    (await refused({ wheel: path(cut) })).message,
    'without its directory: cut off at byte 500',
  )
  const changed = wheelOf({ level: 0 })
  changed[50_000] = 0
  t.match(
    (await refused({ wheel: path(changed) })).message,
    /providers_cuda\.so has the SHA-256 digest \S+, and the wheel's RECORD says /,
  )
  const packed = wheelOf()
  const start = Buffer.from(packed).indexOf(cuda) + cuda.length
  packed.fill(255, start, start + 20)
  t.match((await refused({ wheel: path(packed) })).message, 'cannot be unpacked: ')
  const short = Buffer.from(wheelOf())
  // What the directory says of its size.
  short.writeUInt32LE(7, short.lastIndexOf(`onnxruntime/capi/${cuda}`) - 46 + 24)
  t.match((await refused({ wheel: path(short) })).message, 'has 7 bytes by the directory, and ')
  const files = { [shared]: providerText[shared] as string }
  t.match(
    (await refused({ wheel: path(wheelOf({ files })) })).message,
    `there is no onnxruntime/capi/${cuda} in it`,
  )
  t.match((await refused({ wheel: path(wheelOf({ digest: '' })) })).message, 'has no digest of')
  t.match((await refused({ wheel: '/nowhere.whl' })).message, 'there is no such file')
})

t.test('what is fetched is held to the digest and the size that the index states', async (t) => {
  const { refused } = runtime(t)
  const { length } = wheelOf()
  for (const [words, said] of [
    [{ sha256: 'ab'.repeat(32) }, `its ${length} bytes have the SHA-256 digest `],
    [{ most: 300 }, `the connection ended at byte 300 of ${length}`],
    [{ size: length + 1 }, `the connection ended at byte ${length} of ${length + 1}`],
    [{ size: length - 1 }, `it has more than the ${length - 1} bytes`],
  ] as const) {
    const { url } = await packageIndex(t, words)
    t.match((await refused({ index: url })).message, said)
  }
})

t.test(
  'an index that has no such wheel, or is none, is told of with what else can be done',
  async (t) => {
    const { refused } = runtime(t)
    const { url } = await packageIndex(t, { page: '<html>' })
    t.match(
      (await refused({ index: url })).message,
      /answers with text\/html, and not .*\n.*\(pip download /,
    )
    t.match(
      (await refused({ index: `${url}/no` })).message,
      '/no/onnxruntime-gpu/ answers with 404',
    )
    const none = await packageIndex(t, { page: '{"files": []}' })
    t.match((await refused({ index: none.url })).message, 'has 0 files, and none of them')
    for (const file of [
      null,
      7,
      {},
      { filename: named() },
      { filename: `../${named()}`, url: '' },
    ]) {
      const index = await packageIndex(t, { page: JSON.stringify({ files: [file] }) })
      t.match((await refused({ index: index.url })).message, 'has 0 files, and none of them')
    }
    const hashes = { sha256: 'ab' }
    const lost = { files: [{ filename: named(), url: 'http://', hashes }] }
    const misled = await packageIndex(t, { page: JSON.stringify(lost) })
    t.match(
      (await refused({ index: misled.url })).message,
      /states http:\/\/, which is no address, for onnxruntime_gpu-1\.30\.0/,
    )
    const broken = await packageIndex(t, { breaks: true })
    t.match((await refused({ index: broken.url })).message, '/simple/onnxruntime-gpu/ breaks off: ')
    const closed = await refused({ index: 'http://me:secret@127.0.0.1:1/simple' })
    t.match(closed.message, 'http://127.0.0.1:1/simple/onnxruntime-gpu/ cannot be reached: ')
    t.notMatch(closed.message, 'secret')
    const percent = await refused({ index: 'http://me:100%@127.0.0.1:1/simple' })
    t.match(percent.message, /cannot be reached: URI malformed/)
    for (const index of ['http://example.com/simple', 'simple'])
      t.match((await refused({ index })).message, `the index is ${index}`)
  },
)

t.test('an interrupt ends a fetch, and leaves nothing behind', async (t) => {
  const { refused } = runtime(t)
  const { url } = await packageIndex(t, { most: 300, waits: true })
  const controller = new AbortController()
  const reason = new Error('enough')
  const error = await refused({
    index: url,
    signal: controller.signal,
    progress: () => controller.abort(reason),
  })
  t.equal(error, reason)
})

t.test('an interrupt while files are written leaves those that were there', async (t) => {
  const { folder, refused } = runtime(t)
  writeFileSync(join(folder, cuda), 'old')
  const controller = new AbortController()
  const reason = new Error('enough')
  const error = await refused({
    wheel: wheelFile(t),
    signal: controller.signal,
    progress: () => controller.abort(reason),
  })
  t.equal(error, reason)
})

t.test('room is looked for first, and both numbers are told', { skip: noDisk }, async (t) => {
  const { folder: root, lock } = disk as SmallDisk
  const { refused } = runtime(t, root)
  const { message } = await refused({ wheel: wheelFile(t) })
  t.match(message, /takes 150 kB, and \S+ kB are free there\n {2}Make room there: /)
  lock()
  t.match((await refused({ wheel: wheelFile(t) })).message, 'the file system is read-only')
})

const isRoot = process.getuid?.() === 0 && 'root may write everywhere'
t.test(
  'a folder that may not be written is told of before anything is fetched',
  { skip: isRoot },
  async (t) => {
    const { folder, refused } = runtime(t)
    chmodSync(folder, 0o555)
    t.teardown(() => chmodSync(folder, 0o755))
    const { url, asked } = await packageIndex(t)
    t.match((await refused({ index: url })).message, 'permission is denied')
    t.same(asked, [])
  },
)

t.test('other systems have no CUDA', async (t) => {
  const { refused, entry } = runtime(t)
  for (const system of ['win32-x64', 'darwin-arm64', 'linux-arm64']) {
    const error = await refused({ system })
    t.ok(error instanceof RuntimeError)
    t.match(error.message, `on linux-x64 alone, and this is ${system}`)
  }
  t.match((await refused({ system: 'win32-x64' })).message, 'WSL 2')
  await t.rejects(removeProvider(entry, { system: 'win32-x64' }), RuntimeError)
})

t.test('what was installed is taken away again, a link without what it leads to', async (t) => {
  const { entry, folder, install } = runtime(t)
  await install({ wheel: wheelFile(t) })
  const removed = [shared, cuda]
  t.same(await removeProvider(entry, { system }), { folder, removed, libraries: undefined })
  t.same(readdirSync(folder).sort(), own)
  const theirs = join(scratch(t, { theirs: '' }), 'theirs')
  symlinkSync(theirs, join(folder, cuda))
  t.same((await removeProvider(entry, { system })).removed, [cuda])
  t.ok(existsSync(theirs))
  t.same((await removeProvider(entry, { system })).removed, [])
})

t.test("no test removes what is the user's own", async (t) => {
  t.ok(ownFolder().startsWith(tmpdir()))
})

t.test('libraries that were fetched go with the provider, unless they are to stay', async (t) => {
  const { entry } = runtime(t)
  writeCuda(ownFolder())
  t.equal((await removeProvider(entry, { system, keepLibraries: true })).libraries, undefined)
  t.ok(existsSync(ownFolder()))
  const { libraries } = await removeProvider(entry, { system })
  t.same(libraries, { folder: ownFolder(), removed: Object.keys(cuda13).sort() })
  t.notOk(existsSync(ownFolder()))
})

const cuda12 = ['libcudart.so.12', 'libcublas.so.12', 'libcuda.so.1']

t.test(
  'a provider of another CUDA that has all that it needs is replaced on demand alone',
  async (t) => {
    const { entry, beside } = cudaMachine(t, cuda12)
    const libraries = [...cuda12, 'libcudnn.so.9'].map((name) => join(beside, name))
    for (const path of libraries) writeElf(path)
    const folders = (): readonly string[] => []
    const wheel = wheelFile(t)
    const { url, asked } = await packageIndex(t)
    const text = readFileSync(join(beside, cuda), 'latin1')
    for (const from of [{ wheel }, { index: url }]) {
      const error = await installProvider(entry, { system, folders, ...from }).catch(
        (error) => error,
      )
      t.ok(error instanceof InputError)
      t.match(
        error.message,
        `${beside} has a CUDA provider of ONNX Runtime 1.30.0 already, for CUDA 12`,
      )
      t.match(error.message, /CUDA 13 .* driver 580 or later: heddle cuda install --replace/)
    }
    t.same(asked, [])
    t.equal(readFileSync(join(beside, cuda), 'latin1'), text)
    const { files } = await installProvider(entry, { system, folders, wheel, replace: true })
    t.same(files[1], { name: cuda, before: 'another' })
    expectThere(t, beside)
  },
)

t.test('one that lacks a library, or is of another version, is replaced and told', async (t) => {
  const wheel = wheelFile(t)
  for (const without of [cuda12[0], 'version']) {
    const { entry, beside } = cudaMachine(t, cuda12)
    for (const name of [...cuda12, 'libcudnn.so.9'])
      if (name !== without) writeElf(join(beside, name))
    if (without === 'version')
      writeElf(join(beside, cuda), { needed: cuda12, text: '\x001.29.0\0' })
    const { files } = await installProvider(entry, { system, folders: () => [], wheel })
    t.same(files[1], { name: cuda, before: 'another' })
  }
})

/** Answers in place of the network: https cannot be had here without a certificate. */
function answers(t: Test, pages: Readonly<Record<string, string>>, at?: string): void {
  const { fetch } = globalThis
  t.teardown(() => Object.assign(globalThis, { fetch }))
  globalThis.fetch = async (url) => {
    const response = new Response(pages[String(url)] ?? '')
    return Object.defineProperty(response, 'url', { value: at ?? String(url) })
  }
}

t.test('the name and the password of an index stay with its origin', async (t) => {
  const place = async (url: string): Promise<string> => {
    const files = [{ filename: named(), url, hashes: { sha256: 'ab' } }]
    answers(t, { 'https://a.example/simple/onnxruntime-gpu/': JSON.stringify({ files }) })
    const wanted = providerWheel('1.30.0')
    return (await findWheel('https://me:secret@a.example/simple', wanted)).url
  }
  t.equal(await place('/x.whl'), 'https://me:secret@a.example/x.whl')
  for (const other of ['http://a.example/x.whl', 'https://b.example/x.whl'])
    t.equal(await place(other), other)
})

t.test('an index that leads to one in the open is refused', async (t) => {
  const { refused } = runtime(t)
  answers(t, {}, 'http://a.example/onnxruntime-gpu/')
  t.match(
    (await refused({ index: 'https://a.example/simple' })).message,
    'https://a.example/simple/onnxruntime-gpu/ leads to http://a.example/onnxruntime-gpu/, in the open',
  )
})
