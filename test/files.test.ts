import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { InputError } from '../src/errors.js'
import { type FileToWrite, writeFiles } from '../src/files/write.js'
import { type SmallDisk, smallDisk } from './support/small-disk.js'

const root = process.getuid?.() === 0

/** Bytes of a text, in pieces; `between` runs before each. */
async function* pieces(text: string, between?: (at: number) => void | Promise<void>) {
  for (let at = 0; at < text.length; at += 3) {
    await between?.(at)
    yield new TextEncoder().encode(text.slice(at, at + 3))
  }
}

function one(path: string, text = 'new bytes'): FileToWrite {
  return { path, chunks: pieces(text) }
}

/** Files that cannot be written, and leave a folder as it was. */
async function refused(
  t: Test,
  folder: string,
  files: readonly FileToWrite[],
  message: RegExp,
): Promise<void> {
  const before = readdirSync(folder).sort()
  const error = await writeFiles(files).catch((error: unknown) => error)
  t.ok(error instanceof InputError, String(error))
  t.match((error as Error).message, message)
  t.notMatch((error as Error).message, /heddle-/, 'no word of files that nobody asked for')
  t.same(readdirSync(folder).sort(), before)
}

t.test('what is read is never replaced, under any of its names', async (t) => {
  const folder = t.testdir({ weights: 'old', link: t.fixture('symlink', 'weights') })
  const [weights, link, net] = ['weights', 'link', 'net'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const [path, reads] of [
    [weights, weights],
    [link, weights],
    [weights, link],
  ] as const)
    await t.rejects(writeFiles([one(net), one(path)], { reads: [reads] }), {
      message: `${path} is a file that is read\n  Give the path of another.`,
    })
  t.same(readdirSync(folder).sort(), ['link', 'weights'])
  t.equal(readFileSync(weights, 'utf8'), 'old')
  await writeFiles([one(net)], { reads: [weights, join(folder, 'gone')] })
  t.equal(readFileSync(net, 'utf8'), 'new bytes')
})

t.test('files appear when the last of them is complete, in order', async (t) => {
  const folder = t.testdir()
  const [data, model] = [join(folder, 'net.data'), join(folder, 'net')]
  const seen: string[][] = []
  const watched = (path: string, text: string): FileToWrite => ({
    path,
    chunks: pieces(text, () => {
      seen.push(readdirSync(folder).filter((name) => !name.startsWith('.')))
    }),
  })
  await writeFiles([watched(data, 'weights'), watched(model, 'structure')])
  t.ok(seen.length > 4)
  t.same(seen.flat(), [], 'nothing is there meanwhile')
  t.same(readdirSync(folder).sort(), ['net', 'net.data'], 'and nothing else afterwards')
  t.equal(readFileSync(data, 'utf8'), 'weights')
  t.equal(readFileSync(model, 'utf8'), 'structure')
})

t.test('a file that is there stays until the new one is complete, and if it fails', async (t) => {
  const folder = t.testdir({ net: 'old' })
  const path = join(folder, 'net')
  const failing = pieces('new bytes', (at) => {
    t.equal(readFileSync(path, 'utf8'), 'old')
    if (at > 3) throw new Error('no more weights')
  })
  await t.rejects(writeFiles([{ path, chunks: failing }]), { message: 'no more weights' })
  t.same(readdirSync(folder), ['net'])
  t.equal(readFileSync(path, 'utf8'), 'old')
  await writeFiles([one(path)])
  t.equal(readFileSync(path, 'utf8'), 'new bytes')
})

t.test('a source that fails midway in the second file leaves neither', async (t) => {
  const folder = t.testdir()
  const chunks = pieces('structure', (at) => {
    if (at > 3) throw new Error('no more weights')
  })
  const files = [one(join(folder, 'net.data')), { path: join(folder, 'net'), chunks }]
  await t.rejects(writeFiles(files), { message: 'no more weights' })
  t.same(readdirSync(folder), [])
})

t.test('an abort ends with its reason and leaves nothing, wherever it comes', async (t) => {
  const folder = t.testdir()
  for (const when of [0, 3, 6]) {
    const controller = new AbortController()
    const chunks = pieces('new bytes', (at) => {
      if (at === when) controller.abort(new Error('enough'))
    })
    const files = [one(join(folder, 'net.data')), { path: join(folder, 'net'), chunks }]
    await t.rejects(writeFiles(files, { signal: controller.signal }), { message: 'enough' })
    t.same(readdirSync(folder), [])
  }
  const signal = AbortSignal.abort(new Error('enough'))
  await t.rejects(writeFiles([one(join(folder, 'net'))], { signal }), { message: 'enough' })
  await t.rejects(writeFiles([{ path: join(folder, 'net'), chunks: pieces('') }], { signal }), {
    message: 'enough',
  })
  t.same(readdirSync(folder), [])
})

t.test('a place where no file can be is refused, with what to do', async (t) => {
  const folder = realpathSync(t.testdir({ sub: {}, text: 'text' }))
  const at = (...parts: string[]): FileToWrite[] => [one(join(folder, ...parts))]
  await refused(
    t,
    folder,
    at('missing', 'net'),
    /missing\/net cannot.*does not exist\n.*folder first/,
  )
  await refused(t, folder, at('sub'), /sub is a folder\n.*path of a file/)
  await refused(t, folder, at('text', 'net'), /text\/net cannot.*is a file\n.*elsewhere/)
  await refused(t, folder, at('n'.repeat(300)), /name is too long\n.*shorter/)
  const both = [one(join(folder, 'net.data')), one(join(folder, 'sub'))]
  await refused(t, folder, both, /sub is a folder/)
  t.same(readdirSync(join(folder, 'sub')), [])
})

t.test('a name of 255 bytes, the longest, is no problem', async (t) => {
  const path = join(t.testdir(), 'n'.repeat(255))
  await writeFiles([one(path)])
  t.ok(existsSync(path))
})

t.test('a failure between the moves takes back what was moved', async (t) => {
  const folder = t.testdir()
  // Nothing is in the way when the second file is begun, and a folder when it is to be moved there.
  const chunks = pieces('structure', () => {
    mkdirSync(join(folder, 'net', 'full'), { recursive: true })
  })
  const files = [one(join(folder, 'net.data')), { path: join(folder, 'net'), chunks }]
  await t.rejects(writeFiles(files))
  t.same(readdirSync(folder), ['net'])
})

t.test('a folder that may not be written to is refused', async (t) => {
  if (!root) {
    const folder = t.testdir({ locked: {} })
    const locked = join(folder, 'locked')
    chmodSync(locked, 0o500)
    await refused(t, locked, [one(join(locked, 'net'))], /permission is denied\n.*may write/)
    chmodSync(locked, 0o700)
  }
  if (existsSync('/sys/kernel'))
    await refused(
      t,
      '/sys/kernel',
      [one('/sys/kernel/net')],
      /cannot be written: (permission|it is not permitted|the file system is read-only)/,
    )
  if (existsSync('/proc/self/fd'))
    await refused(t, '/sys', [one('/proc/net.onnx')], /does not exist/)
})

t.test('a pipe or a device is not replaced', { skip: process.platform === 'win32' }, async (t) => {
  const folder = t.testdir()
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  await refused(t, folder, [one(pipe)], /pipe is a device or a pipe\n.*path of a file/)
  t.ok(lstatSync(pipe).isFIFO())
})

const disk = smallDisk(t, 64)
const skip = disk === undefined && 'no small disk can be mounted here'
t.test('a disk that fills up leaves nothing on it', { skip }, async (t) => {
  const { folder } = disk as SmallDisk
  const large = async function* () {
    for (let n = 0; n < 8; n++) yield new Uint8Array(16_384)
  }
  const files = [one(join(folder, 'net.data')), { path: join(folder, 'net'), chunks: large() }]
  await refused(t, folder, files, /net cannot be written: the disk is full\n.*room/)
  await writeFiles([one(join(folder, 'net'))])
  t.equal(readFileSync(join(folder, 'net'), 'utf8'), 'new bytes', 'there is room again')
})

t.test('through a link the file is written that it leads to', async (t) => {
  const folder = t.testdir({ real: { net: 'old' } })
  const link = join(folder, 'link')
  symlinkSync(join('real', 'net'), link)
  await writeFiles([one(link)])
  t.ok(lstatSync(link).isSymbolicLink(), 'the link stays')
  t.equal(readFileSync(join(folder, 'real', 'net'), 'utf8'), 'new bytes')
  t.same(readdirSync(folder).sort(), ['link', 'real'])
  t.same(readdirSync(join(folder, 'real')), ['net'])

  symlinkSync('gone', join(folder, 'dangling'))
  await writeFiles([one(join(folder, 'dangling'))])
  t.ok(lstatSync(join(folder, 'dangling')).isFile(), 'a link to nothing is replaced')
  symlinkSync('real', join(folder, 'other'))
  await writeFiles([one(join(folder, 'other', 'net'), 'newer')])
  t.equal(readFileSync(join(folder, 'real', 'net'), 'utf8'), 'newer')
})

t.test('of two at once the later wins, whole', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'net')
  const [first, second] = ['first '.repeat(50), 'second'.repeat(50)]
  const slow = (text: string): FileToWrite => ({
    path,
    chunks: pieces(text, () => new Promise(setImmediate)),
  })
  await Promise.all([writeFiles([slow(first)]), writeFiles([slow(second)])])
  t.same(readdirSync(folder), ['net'])
  t.ok([first, second].includes(readFileSync(path, 'utf8')))
})

t.test('large pieces are written to their last byte', async (t) => {
  const path = join(t.testdir(), 'net')
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 7)
  const chunks = (async function* () {
    yield bytes.subarray(0, 1)
    yield bytes.subarray(1)
  })()
  await writeFiles([{ path, chunks }])
  t.ok(readFileSync(path).equals(bytes))
})
