import { existsSync } from 'node:fs'
import t from 'tap'
import { meterLine } from '../src/cli/meter.js'
import { heddle, main, netFile, scratch } from './support/heddle.js'
import { ended, plainNode, start } from './support/plain-node.js'
import { hasTerminal, onTerminal } from './support/pty.js'

const esc = String.fromCharCode(27)

t.test('a pipe has no colours, and is not cut', async (t) => {
  const { stdout } = heddle('models', { env: { NO_COLOR: '' } })
  t.notMatch(stdout, esc)
  t.ok(stdout.split('\n').some((line) => line.length > 110))
})

t.test('FORCE_COLOR asks for colours, NO_COLOR for none, and NO_COLOR wins', async (t) => {
  const first = (env: Readonly<Record<string, string>>): string | undefined =>
    heddle('models', { env: { NO_COLOR: '', ...env } }).stdout.split('\n')[0]
  t.match(first({ FORCE_COLOR: '1' }), `${esc}[1m`)
  t.notMatch(first({ FORCE_COLOR: '0' }), esc)
  t.notMatch(first({ FORCE_COLOR: '1', NO_COLOR: '1' }), esc)
})

t.test('a reader that has seen enough is no error', async (t) => {
  const piped = (line: string): string =>
    plainNode([
      '-e',
      `const { spawnSync } = require('child_process')
       const { stdout, stderr } = spawnSync('sh', ['-c', ${JSON.stringify(
         `"${process.execPath}" "${main}" ${line} | head -1; echo "$?"`,
       )}], { encoding: 'utf8' })
       console.log(JSON.stringify({ stdout, stderr }))`,
    ]).stdout
  const { stdout, stderr } = JSON.parse(piped('print hrnet-v2-w1'))
  t.equal(stdout, 'hrnet-v2-w1\n0\n')
  t.equal(stderr, '')
})

const full = '/dev/full'
t.test(
  'standard output that cannot be written to is told once, on standard error',
  { skip: !existsSync(full) },
  async (t) => {
    for (const line of ['models', 'count hrnet-v2-w1 --json']) {
      const script = `"${process.execPath}" "${main}" ${line} > ${full}; echo "$?"`
      const { stdout, stderr } = await ended(start(['sh', '-c', script]))
      t.equal(stdout, '2\n', line)
      t.match(stderr, /^error: standard output cannot be written: .*ENOSPC.*\n.*elsewhere\.\n$/)
    }
  },
)

t.test('a terminal has colours, unless they are not wanted', { skip: !hasTerminal }, async (t) => {
  t.match(onTerminal('models').stdout, `${esc}[1m`)
  t.notMatch(onTerminal('models', { env: { NO_COLOR: '1' } }).stdout, esc)
  t.notMatch(onTerminal('models', { env: { TERM: 'dumb' } }).stdout, esc)
})

t.test('a table fits the terminal', { skip: !hasTerminal }, async (t) => {
  const widest = (line: string, columns: number): number => {
    const { stdout } = onTerminal(line, { columns, env: { NO_COLOR: '1' } })
    return Math.max(...stdout.split('\r\n').map((text) => text.length))
  }
  t.ok(widest('models', 80) <= 80)
  t.ok(widest('models', 200) > 110)
  t.ok(widest('models --help', 60) <= 60)
  const cwd = scratch(t, { 'net.ts': netFile() })
  const { stdout } = onTerminal('count ./net.ts', { cwd, columns: 50, env: { NO_COLOR: '1' } })
  t.match(stdout, /branch .*…\r\n/)
})

t.test(
  'progress is shown for what takes over a second, and leaves no trace',
  { skip: !hasTerminal },
  async (t) => {
    const cwd = scratch(t)
    const { code, stdout } = onTerminal('build hrnet-v2-w48 -o net.onnx --json', { cwd })
    t.equal(code, 0)
    t.match(stdout, /\r\S*\[K {2}writing .*\d+ % {2}\d+ s/)
    t.match(stdout, `\r${esc}[K{`, 'the line is gone before the document')
    const quick = onTerminal('build hrnet-v2-w48 -o net.onnx 2>/dev/null', { cwd })
    t.notMatch(quick.stdout, 'writing', 'none where standard error is no terminal')
  },
)

t.test('the line of progress is no wider than the terminal', async (t) => {
  const event = { phase: 'write', done: 50, total: 200 } as const
  t.equal(meterLine(event, 3.7, 80), `  writing    ${'█'.repeat(8)}${'░'.repeat(22)}   25 %  3 s`)
  for (const columns of [30, 40, 60]) t.ok(meterLine(event, 3, columns).length < columns)
  t.match(meterLine({ phase: 'load', done: 0, total: 0 }, 0, 80), ' 0 %')
})
