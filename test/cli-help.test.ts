import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { zooModel } from '../src/models/zoo.js'
import { tensorsOf } from './support/checkpoint-file.js'
import { checkpoint } from './support/checkpoints.js'
import { heddle, netFile, scratch } from './support/heddle.js'
import { safetensors } from './support/safetensors.js'

const commands = ['models', 'count', 'build', 'verify', 'print', 'check', 'inspect']

/** The lines under Examples, without what stands behind them. */
function examples(help: string): readonly string[] {
  const [, lines = ''] = help.split('\nExamples:\n')
  return [...lines.matchAll(/^ {2}heddle (.+?)(?: {2}.*)?$/gm)].map(([, line]) => line as string)
}

t.test('every command has help, with options and examples that work', async (t) => {
  const cwd = scratch(t, { 'my-net.ts': netFile('unet') })
  // What a file is, its bytes tell, not its name.
  writeFileSync(join(cwd, 'small.pth'), safetensors(tensorsOf(zooModel('hrnet-v2-small-v1'))))
  copyFileSync(checkpoint('training.pth'), join(cwd, 'training.pth'))
  const shown = new Set<string>()
  for (const line of ['--help', ...commands.map((command) => `${command} --help`)]) {
    const { code, stdout, stderr } = heddle(line)
    t.equal(code, 0)
    t.equal(stderr, '')
    t.match(stdout, /^Usage: heddle/)
    t.ok(
      stdout.split('\n').every((text) => text.length <= 100),
      'no wider than 100 columns',
    )
    t.ok(examples(stdout).length >= 2, line)
    for (const example of examples(stdout)) shown.add(example)
  }
  t.ok(shown.size >= 15)
  // A file is verified once it is built.
  const order = [...shown].sort(
    (a, b) => Number(/^verify net/.test(a)) - Number(/^verify net/.test(b)),
  )
  for (const line of order) {
    const { code, stdout, stderr } = heddle(line, { cwd })
    t.equal(code, 0, `heddle ${line}`)
    t.equal(stderr, '', `heddle ${line}`)
    t.not(stdout, '')
  }
})

t.test('help is found by every way that people try', async (t) => {
  const { stdout } = heddle('count --help')
  t.equal(heddle('help count').stdout, stdout)
  t.equal(heddle('count -h').stdout, stdout)
  t.equal(heddle('help').stdout, heddle('--help').stdout)
  t.match(heddle('--version').stdout, /^\d+\.\d+\.\d+\n$/)
})

t.test('options of network, input, weights and passes are the same on every command', async (t) => {
  const shared = (command: string): readonly string[] => {
    const [part = ''] = /Network:\n.*?\n\nOptions:/s.exec(heddle(`${command} --help`).stdout) ?? []
    return [...part.matchAll(/^ {2}(--\S+(?: <.*?>)?)/gm)].map(([, option = '']) => option)
  }
  const [first = [], ...rest] = ['count', 'build', 'verify', 'print', 'check'].map(shared)
  t.ok(first.includes('--no-passes') && first.includes('--input <size>'))
  for (const one of rest) t.same(one, first)
})
