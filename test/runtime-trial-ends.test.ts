import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Trial } from '../src/runtime/trial.js'
import { aside } from './support/aside.js'
import { plainNode } from './support/plain-node.js'

/** What a program says beside a trial whose process runs `child`. */
function said<T>(t: Test, child: string, program: string): T {
  const folder = aside(t, [])
  writeFileSync(join(folder, 'runtime/trial-child.js'), child)
  const words = ['--input-type=module', '-e', program]
  const { stdout, stderr } = plainNode(words, { cwd: folder })
  t.equal(stderr, '')
  return JSON.parse(stdout)
}

const forever = 'setInterval(() => {}, 1000)'

t.test('a process that the system killed is not told as a slow one', async (t) => {
  const answer = said<Trial>(
    t,
    `process.kill(process.pid, 'SIGKILL')`,
    `import { trial } from './runtime/trial.js'
    console.log(JSON.stringify(await trial({ provider: 'cuda' })))`,
  )
  t.match(answer, { ok: false, signal: 'SIGKILL', problem: /was ended by SIGKILL.*memory/ })
})

t.test('a process that does not start is an answer, and auto takes the CPU', async (t) => {
  const answer = said<object>(
    t,
    forever,
    `import { chooseProvider } from './runtime/choose.js'
    process.execPath = '/nowhere/node'
    console.log(JSON.stringify(await chooseProvider({ provider: 'auto' })))`,
  )
  t.match(answer, { provider: 'cpu', providerReason: /^auto: .* did not start: .*ENOENT/ })
})

t.test('a signal ends the attempt, and its process once nobody waits for it', async (t) => {
  const answer = said<object>(
    t,
    forever,
    `import { chooseProvider } from './runtime/choose.js'
    import { openSession } from './runtime/session.js'
    const [first, second] = [new AbortController(), new AbortController()]
    const provider = 'auto'
    const a = openSession('net.onnx', { optimize: true, provider, signal: first.signal }).catch((error) => error)
    const b = chooseProvider({ provider }, second.signal).catch((error) => error)
    first.abort('first')
    const one = await a
    const other = await Promise.race([b, new Promise((resolve) => setTimeout(resolve, 100, 'waits'))])
    second.abort('second')
    console.log(JSON.stringify([one, other, await b]))`,
  )
  t.same(answer, ['first', 'waits', 'second'])
})
