import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { InputError } from '../src/errors.js'
import { openFile } from '../src/files/open.js'

async function refused(t: Test, work: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await work.catch((error: unknown) => error)
  t.ok(error instanceof InputError, String(error))
  t.match((error as Error).message, message)
}

t.test('a file is read at any place, and its siblings by name', async (t) => {
  const folder = t.testdir({ a: '0123456789', b: 'beside' })
  const file = await openFile(join(folder, 'a'))
  t.equal(file.size, 10)
  t.equal(file.name, join(folder, 'a'))
  t.same(await file.read(3, 4), new TextEncoder().encode('3456'))
  t.same(await file.read(10, 0), new Uint8Array(0))
  const sibling = await file.sibling('b')
  t.same(await sibling.read(0, 6), new TextEncoder().encode('beside'))
  await file.close()
  await t.rejects(file.read(0, 1), 'it is closed')
  await t.rejects(sibling.read(0, 1), 'so is its sibling')
})

t.test('siblings of a link are those beside the link', async (t) => {
  const folder = t.testdir({ cache: { blob: 'x' }, shown: { b: 'beside' } })
  symlinkSync(join(folder, 'cache', 'blob'), join(folder, 'shown', 'a'))
  const file = await openFile(join(folder, 'shown', 'a'))
  t.equal((await file.sibling('b')).size, 6)
  await refused(t, file.sibling('c'), /c cannot be read: there is no such file/)
  await file.close()
})

t.test('what is no file is refused, with its path', async (t) => {
  const folder = t.testdir({ empty: '', file: 'x', loop: t.fixture('symlink', 'loop') })
  mkdirSync(join(folder, 'folder'))
  await refused(t, openFile(join(folder, 'none')), /none cannot be read: there is no such file\n/)
  await refused(t, openFile(join(folder, 'folder')), /folder cannot be read: it is a folder\n/)
  await refused(t, openFile(join(folder, 'empty')), /empty cannot be read: it is empty\n/)
  await refused(t, openFile(join(folder, 'file', 'x')), /a part of the path is a file/)
  await refused(t, openFile(join(folder, 'loop')), /its links lead in a circle/)
  await refused(t, openFile(join(folder, 'n'.repeat(300))), /its name is too long/)
  await refused(t, openFile('a\0b'), /its name has a zero byte/)
})

t.test(
  'devices and pipes are refused at once',
  { skip: process.platform === 'win32' },
  async (t) => {
    const folder = t.testdir()
    await refused(t, openFile('/dev/zero'), /it is a device or a pipe/)
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await refused(t, openFile(join(folder, 'pipe')), /it is a device or a pipe/)
  },
)

t.test('a file that may not be read is refused', { skip: process.getuid?.() === 0 }, async (t) => {
  const path = join(t.testdir({ a: 'x' }), 'a')
  chmodSync(path, 0)
  await refused(t, openFile(path), /permission is denied/)
})

t.test(
  'a file that shrinks while it is read is refused, with the byte where it ends',
  async (t) => {
    const path = join(t.testdir(), 'a')
    writeFileSync(path, 'x'.repeat(100))
    const file = await openFile(path)
    truncateSync(path, 40)
    await refused(t, file.read(30, 20), /a cannot be read: it ends at byte 40, and had more/)
    await file.close()
  },
)
