import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { zooModel } from '../src/models/zoo.js'
import { encodePng } from '../src/picture/encode.js'
import { answering } from './support/answering.js'
import { tensorsOf } from './support/checkpoint-file.js'
import { checkpoint } from './support/checkpoints.js'
import { heddle, heddleInTurn, scratch } from './support/heddle.js'
import { patterned } from './support/pictures.js'
import type { Ended } from './support/plain-node.js'
import { safetensors } from './support/safetensors.js'

const commands = [
  'models',
  'count',
  'compare',
  'sweep',
  'build',
  'verify',
  'run',
  'print',
  'check',
  'inspect',
  'paper',
  'doctor',
]

/** A small network that can be asked about a picture. */
const segmenter = `import { conv, image, imagenet, model, relu } from 'heddle'
export const unet = model(
  'unet',
  image(3, { size: [32, 48], normalisation: imagenet }),
  (x) => ({ logits: conv(relu(conv(x, 8, { kernel: 3, stride: 2 })), 19, { kernel: 1 }) }),
  { answer: { kind: 'segmentation', output: 'logits' } },
)
`

/** The lines under Examples, without what stands behind them. */
function examples(help: string): readonly string[] {
  const [, lines = ''] = help.split('\nExamples:\n')
  return [...lines.matchAll(/^ {2}heddle (.+?)(?: {2}.*)?$/gm)].map(([, line]) => line as string)
}

t.test('every command has help, with options and examples that work', async (t) => {
  const cwd = scratch(t, { 'my-net.ts': segmenter })
  // What a file is, its bytes tell, not its name.
  writeFileSync(join(cwd, 'small.pth'), safetensors(tensorsOf(zooModel('hrnet-v2-small-v1'))))
  copyFileSync(checkpoint('training.pth'), join(cwd, 'training.pth'))
  const shown = new Set<string>()
  const helps = ['--help', ...commands.map((command) => `${command} --help`)]
  for (const [i, { code, stdout, stderr }] of heddleInTurn(helps).entries()) {
    t.equal(code, 0)
    t.equal(stderr, '')
    t.match(stdout, /^Usage: heddle/)
    t.ok(
      stdout.split('\n').every((text) => text.length <= 100),
      'no wider than 100 columns',
    )
    t.ok(examples(stdout).length >= 2, helps[i] as string)
    for (const example of examples(stdout)) shown.add(example)
  }
  t.ok(shown.size >= 15)
  const photo = await encodePng(patterned(400, 500))
  mkdirSync(join(cwd, 'photos'))
  for (const name of ['photo.jpg', 'photo.png', 'photos/1.png'])
    writeFileSync(join(cwd, name), photo)
  writeFileSync(
    join(cwd, 'names.txt'),
    Array.from({ length: 19 }, (_, i) => `name ${i}\n`).join(''),
  )
  writeFileSync(join(cwd, 'other.onnx'), answering({}))
  // A file is verified, and asked, once it is built.
  const later = (line: string): number => Number(/^(?:verify net|run |sweep 3\.csv)/.test(line))
  const order = [...shown].sort((a, b) => later(a) - later(b))
  // The names are of the zoo; what is built and verified is smaller, and so sooner done.
  const lines = order.map((line) => {
    if (line.startsWith('sweep '))
      return line.replace('{8..64}', '{1..4}').replace(' --shard 3/16', '')
    const [, command, name = ''] = /^(build|verify) (hrnet-\S+)/.exec(line) ?? []
    if (!command || line.includes('--weights')) return line
    t.equal(zooModel(name).name, name)
    return line.replace(name, './my-net.ts').replace('512x1024', '64x128')
  })
  lines.unshift('build hrnet-v1-w1 --input 64x64 -o pose.onnx')
  for (const [i, { code, stdout, stderr }] of heddleInTurn(lines, { cwd }).entries()) {
    const line = lines[i] as string
    t.equal(code, 0, `heddle ${line}`)
    t.notMatch(stderr, /^(?!assumed: )./m, `heddle ${line}`)
    t.not(stdout, '')
  }
})

t.test('help is found by every way that people try', async (t) => {
  const [count, ofCount, short, help, ofHelp] = heddleInTurn([
    ...['count --help', 'help count', 'count -h'],
    ...['help', '--help'],
  ]).map(({ stdout }) => stdout)
  t.equal(ofCount, count)
  t.equal(short, count)
  t.equal(ofHelp, help)
  t.match(heddle('--version').stdout, /^\d+\.\d+\.\d+\n$/)
})

t.test('options of network, input, weights and passes are the same on every command', async (t) => {
  const shared = ({ stdout }: Ended): readonly string[] => {
    const [part = ''] = /Network:\n.*?\n\nOptions:/s.exec(stdout) ?? []
    return [...part.matchAll(/^ {2}(--\S+(?: <.*?>)?)/gm)].map(([, option = '']) => option)
  }
  const [first = [], ...rest] = heddleInTurn(
    ['count', 'build', 'verify', 'print', 'check'].map((command) => `${command} --help`),
  ).map(shared)
  t.ok(first.includes('--no-passes') && first.includes('--input <size>'))
  for (const one of rest) t.same(one, first)
})
