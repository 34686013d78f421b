import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { heddle, main, scratch } from './support/heddle.js'
import { pathOf } from './support/pictures.js'
import { type Ended, ended, start } from './support/plain-node.js'

/** Runs `heddle` in a folder, and signals it once something is there; shells report a signal as 128 and its number. */
async function interrupted(
  line: string,
  cwd: string,
  signal: 'SIGINT' | 'SIGTERM',
  begun: () => boolean,
): Promise<Ended> {
  const child = start([process.execPath, main, ...line.split(' ')], {
    cwd,
    // From Node 22 on, compiled code is kept in the temporary folder, on purpose.
    env: { TMPDIR: join(cwd, 'tmp'), NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  const end = ended(child)
  while (!begun() && child.exitCode === null) await sleep(5)
  child.kill(signal)
  const told = await end
  const numbers: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 }
  return { ...told, code: told.code ?? numbers[child.signalCode ?? ''] ?? null }
}

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  t.test(`${signal} ends a build with ${expected} and leaves nothing behind`, async (t) => {
    const cwd = scratch(t)
    mkdirSync(join(cwd, 'tmp'))
    const begun = (): boolean => readdirSync(cwd).some((name) => name.startsWith('.heddle-'))
    const line = 'build hrnet-v2-w48 -o net.onnx --json'
    const { code, stdout, stderr } = await interrupted(line, cwd, signal, begun)
    t.equal(code, expected)
    t.equal(stderr, `interrupted by ${signal}\n`)
    t.match(JSON.parse(stdout), { error: { kind: 'Interruption' } })
    t.same(readdirSync(cwd), ['tmp'])
    t.same(readdirSync(join(cwd, 'tmp')), [])
  })
}

t.test('Ctrl-C ends a verification with 130 and leaves nothing behind', async (t) => {
  const cwd = scratch(t)
  const temporary = join(cwd, 'tmp')
  mkdirSync(temporary)
  const line = 'verify hrnet-v2-w8 --input 256x512'
  const begun = (): boolean => readdirSync(temporary).length > 0
  const { code, stdout, stderr } = await interrupted(line, cwd, 'SIGINT', begun)
  t.equal(code, 130)
  t.equal(stderr, 'interrupted by SIGINT\n')
  t.equal(stdout, '')
  t.same(readdirSync(temporary), [])
})

t.test('Ctrl-C ends a run on a picture with 130, and nothing is drawn', async (t) => {
  const cwd = scratch(t)
  const temporary = join(cwd, 'tmp')
  mkdirSync(temporary)
  copyFileSync(pathOf('rgb.png'), join(cwd, 'photo.png'))
  t.equal(heddle('build hrnet-v2-w8 --input 512x1024 -o net.onnx', { cwd }).code, 0)
  const begun = (): boolean => readdirSync(temporary).length > 0
  const line = 'run net.onnx photo.png -o out.png'
  const { code, stdout, stderr } = await interrupted(line, cwd, 'SIGINT', begun)
  t.equal(code, 130)
  t.equal(stderr, 'interrupted by SIGINT\n')
  t.equal(stdout, '')
  t.same(readdirSync(cwd).sort(), ['net.onnx', 'photo.png', 'tmp'])
  t.same(readdirSync(temporary), [])
})

t.test(
  'code of the user that fails during a build ends it, and leaves nothing behind',
  async (t) => {
    const cwd = scratch(t, {
      'net.ts': `import { readdirSync } from 'node:fs'
import { hrnetV2 } from 'heddle'
setInterval(() => {
  if (readdirSync('.').length > 1) throw new Error('late')
}, 1)
export const net = hrnetV2(40)
`,
    })
    const { code, stdout, stderr } = heddle('build ./net.ts -o net.onnx', { cwd })
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, /net\.ts throws Error: late\n {2}net\.ts:4:42/)
    t.same(readdirSync(cwd), ['net.ts'])
  },
)
