import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile, countGraph, type Model, type ProgressEvent, print, zooModel } from 'heddle'
import { build } from 'heddle/node'
import t from 'tap'
import { deploy } from '../examples/deploy.js'
import { digits } from '../examples/digits.js'
import { gridNet } from '../examples/grid-net.js'
import { hrnetV1 } from '../examples/hrnet-v1-pose.js'
import { hrnetV2 } from '../examples/hrnet-v2-cityscapes.js'
import { hrnetV2p } from '../examples/hrnet-v2p.js'
import { ownUnit } from '../examples/own-unit.js'
import { uNet } from '../examples/u-net.js'
import { nodesOf } from '../src/compiler/graph.js'
import { equalsAsWritten } from './support/as-written.js'
import { heddleInTurn, scratch } from './support/heddle.js'
import { plainNode } from './support/plain-node.js'

const sources = fileURLToPath(new URL('../../examples/', import.meta.url))

const examples: Readonly<Record<string, Model>> = {
  'digits.ts': digits,
  'grid-net.ts': gridNet,
  'hrnet-v1-pose.ts': hrnetV1,
  'hrnet-v2-cityscapes.ts': hrnetV2,
  'hrnet-v2p.ts': hrnetV2p,
  'own-unit.ts': ownUnit,
  'u-net.ts': uNet,
}

/** Parameters of a convolution with a bias (transposed or not), and of a batch norm. */
const conv = (kernel: number, from: number, to: number): number => kernel ** 2 * from * to + to
const norm = (channels: number): number => 2 * channels
/** Of a convolution and a batch norm; the convolution has no bias. */
const convNorm = (kernel: number, from: number, to: number): number =>
  kernel ** 2 * from * to + norm(to)

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

function parametersOf(net: Model): number {
  return countGraph(compile(net, { passes: [] }).graph).parameters
}

t.test('every example is tested here', async (t) => {
  const files = readdirSync(sources).filter((name) => name.endsWith('.ts'))
  t.same(files.sort(), ['deploy.ts', ...Object.keys(examples)].sort())
})

t.test('the HRNets, written out, are those of the zoo, line by line', async (t) => {
  const counts: Readonly<Record<string, readonly [parameters: number, macs: number]>> = {
    'hrnet-v2-w48': [65_859_379, 747_513_053_184],
    'hrnet-v1-w32': [28_536_113, 7_645_003_776],
  }
  for (const net of [hrnetV2, hrnetV1, hrnetV2p]) {
    const own = compile(net, { passes: [] }).graph
    t.equal(print(own), print(compile(zooModel(net.name), { passes: [] }).graph), net.name)
    const known = counts[net.name]
    const { parameters, macs } = countGraph(own)
    if (known) t.same([parameters, macs], known)
  }
  // No count of HRNetV2p is published without the detector around it: the trunk's, and that of its neck.
  const trunk = parametersOf(zooModel('hrnet-w18-trunk'))
  const neck = conv(1, 15 * 18, 256) + 5 * conv(3, 256, 256)
  t.equal(parametersOf(hrnetV2p), trunk + neck)
})

t.test('the U-Net has the parameters of fig. 1 of its paper', async (t) => {
  const widths = [1, 64, 128, 256, 512, 1024]
  const levels = widths.slice(1).map((to, n) => conv(3, widths[n] as number, to) + conv(3, to, to))
  const steps = widths.slice(1, -1).map((to) => {
    const copied = conv(2, 2 * to, to)
    return copied + conv(3, 2 * to, to) + conv(3, to, to)
  })
  t.equal(sum(levels) + sum(steps) + conv(1, 64, 2), 31_030_658)
  t.equal(parametersOf(uNet), 31_030_658)
})

t.test('the GridNet has the parameters that its paper and code lead to', async (t) => {
  const widths = [16, 32, 64, 128, 256]
  const arrow = (from: number, to: number): number =>
    norm(from) + conv(3, from, to) + norm(to) + conv(3, to, to)
  const lateral = sum(widths.map((width) => 5 * arrow(width, width)))
  const pairs = widths.slice(1).map((coarse, n) => [widths[n] as number, coarse] as const)
  const down = sum(pairs.map(([fine, coarse]) => 3 * arrow(fine, coarse)))
  const up = sum(pairs.map(([fine, coarse]) => 3 * arrow(coarse, fine)))
  const first = norm(3) + conv(3, 3, 16) + norm(16) + conv(3, 16, 16) + norm(16)
  const last = conv(3, 16, 19) + norm(19) + conv(3, 19, 19) + norm(19)
  t.equal(first + lateral + down + up + last, 13_181_097)
  t.equal(parametersOf(gridNet), 13_181_097)
})

t.test(
  'down and up the GridNet, rows get what their neighbour has become in the same column',
  async (t) => {
    const norms = nodesOf(gridNet.graph).filter((node) => node.kind === 'batchNorm')
    for (const [column, step] of [-1, -1, 1, 1, 1].entries())
      for (const to of step < 0 ? [1, 2, 3, 4] : [0, 1, 2, 3]) {
        const sums = `column${column + 1}.fuse_layers`
        const crossing = norms.find(({ origin }) => origin.path === `${sums}.${to}.${to + step}.0`)
        t.match(crossing?.inputs.input.origin.path, new RegExp(`^${sums}\\.${to + step}\\.`))
      }
  },
)

t.test('the unit of one’s own has the parameters that its layers add up to', async (t) => {
  const basic = (c: number): number => 2 * convNorm(3, c, c)
  const inverted = (c: number): number =>
    convNorm(1, c, 4 * c) + // widened
    9 * 4 * c + // channel by channel
    norm(4 * c) +
    conv(1, 4 * c, c) + // squeezed
    conv(1, c, 4 * c) +
    convNorm(1, 4 * c, c)
  const fused2 = convNorm(1, 48, 24) + convNorm(3, 24, 48)
  const finest3 = convNorm(1, 48, 24) + convNorm(1, 96, 24)
  const fused3 =
    finest3 +
    (convNorm(3, 24, 48) + convNorm(1, 96, 48)) +
    (convNorm(3, 24, 24) + convNorm(3, 24, 96) + convNorm(3, 48, 96))
  const units3 = 2 * basic(24) + 2 * inverted(48) + 4 * inverted(96)
  const stem = convNorm(3, 3, 32) + convNorm(3, 32, 32)
  const stage2 =
    convNorm(3, 32, 24) + convNorm(3, 32, 48) + 2 * basic(24) + 2 * inverted(48) + fused2
  const stage3 = convNorm(3, 48, 96) + units3 + fused3 + units3 + finest3
  t.equal(parametersOf(ownUnit), stem + stage2 + stage3 + conv(1, 24, 5))
})

// The HRNets are those of the zoo, node by node, and built and run there.
for (const [file, net] of Object.entries(examples).filter(([file]) => !/^hrnet-/.test(file)))
  t.test(`${file} is built, and equals itself as written`, async (t) => {
    const path = join(t.testdir(), 'net.onnx')
    const [height, width] = net.image.size
    const size = { batch: 1, height: 64, width: width > height ? 128 : 64 }
    const { parameters } = await build(net, { output: path, size })
    t.equal(parameters, parametersOf(net))
    await equalsAsWritten(t, net, { ...size, path })
  })

t.test(
  'in a folder without a package.json, heddle does what they tell, and finds no mistake',
  async (t) => {
    const files = Object.keys(examples)
    const texts = new Map(files.map((file) => [file, readFileSync(join(sources, file), 'utf8')]))
    // Checking one file checks what it imports too, at the price of one.
    const imports = files.map((file) => `import './${file}'\n`).join('')
    const all = `${imports}export { uNet } from './u-net.ts'\n`
    const cwd = scratch(t, { ...Object.fromEntries(texts), 'all.ts': all })
    cpSync(join(sources, 'digits'), join(cwd, 'digits'), { recursive: true })
    const lines: string[][] = [['check', './all.ts']]
    for (const [file, text] of texts) {
      const told = text.matchAll(/^ \* {5}heddle (.*)$/gm)
      const commands = [...told].map(([, words = '']) => words.split(' '))
      t.ok(commands.length > 0, `${file} says what to try`)
      for (const words of commands) {
        t.ok(words.includes(`./${file}`))
        lines.push(words)
      }
    }
    for (const [i, { code, stdout, stderr }] of heddleInTurn(lines, { cwd }).entries())
      t.equal(code, 0, String(lines[i]), { stdout, stderr })
  },
)

t.test('the library counts, builds and verifies, and tells how far it is', async (t) => {
  const path = join(t.testdir(), 'own.onnx')
  const phases = new Set<string>()
  const progress = ({ phase }: ProgressEvent): unknown => phases.add(phase)
  const { bytes, parameters, macs, worst } = await deploy(ownUnit, path, { progress })
  t.equal(parameters, parametersOf(ownUnit))
  t.equal(macs, countGraph(compile(ownUnit, { size: { height: 64, width: 128 } }).graph).macs)
  t.equal(bytes, readFileSync(path).length)
  t.ok(worst > 0 && worst <= 1e-5)
  t.same([...phases], ['compile', 'write', 'load', 'run'])
})

t.test('aborted while it writes, the library leaves nothing', async (t) => {
  const folder = t.testdir()
  const controller = new AbortController()
  const deployed = deploy(ownUnit, join(folder, 'own.onnx'), {
    signal: controller.signal,
    progress: ({ phase }) => phase === 'write' && controller.abort(new Error('enough')),
  })
  await t.rejects(deployed, { message: 'enough' })
  t.same(readdirSync(folder), [])
})

t.test('as a program it writes the file that it is told, and prints what it found', async (t) => {
  const path = join(t.testdir(), 'net.onnx')
  const script = fileURLToPath(new URL('../examples/deploy.js', import.meta.url))
  const { code, stdout, stderr } = plainNode([script, path])
  t.equal(code, 0, { stderr })
  t.match(stdout, 'parameters: 1540819')
  t.match(stderr, 'write 100 %')
  t.ok(existsSync(path))
})
