/** `npm start`: a network counted, compiled, written, and its file checked on a photograph. */

import { mkdir, readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decode } from 'fast-png'
import { count, hrnetTrunk, hrnetV2, printFigure } from 'heddle'
import { build, type TensorData, verify } from 'heddle/node'

const root = new URL('../../', import.meta.url)
const photograph = new URL('scripts/photo/chelsea.png', root)
const output = new URL('out/hrnet-v2-w18.onnx', root)

const width = 18
const net = hrnetV2(width)
/** Every level divides an image of multiples of this. */
const coarsest = 32

const image = normalised(decode(await readFile(photograph)), coarsest)
const [, , high, wide] = image.dims as [number, number, number, number]
const size = { batch: 1, height: high, width: wide }

title(net.name, `HRNetV2 for segmentation, its finest branch ${width} channels wide`)
const counted = count(net, { size })
print(picture())
print('')
print('  Channels of each branch; a stage ends by fusing each branch into all others.')
print('')
print(`  parameters  ${printFigure(counted.parameters, 'parameters')}`)
print(`  MACs        ${printFigure(counted.macs, 'macs')}, at ${high}x${wide}`)
print('')
table(
  ['part', 'parameters', 'share', 'MACs', 'share'],
  counted.parts.stage
    .filter(({ macs }) => macs > 0)
    .map(({ path, parameters, macs }) => [
      path,
      parameters.toLocaleString('en'),
      percent(parameters, counted.parameters),
      `${(macs / 1e6).toLocaleString('en', { maximumFractionDigits: 0 })} M`,
      percent(macs, counted.macs),
    ]),
)

title('The file', 'compiled by passes, each of which leaves the outputs as they are')
await mkdir(new URL('.', output), { recursive: true })
const built = await build(net, { output: fileURLToPath(output), size })
table(
  ['pass', 'nodes', 'after', ''],
  built.passes.map(({ name, before, after, fired }) => [
    name,
    String(before),
    String(after),
    fired === 0 ? 'nothing to do here' : `fired ${fired} times`,
  ]),
)
print('')
print(`  ${relative(process.cwd(), built.path)}`)
print(`  ${printFigure(built.bytes, 'bytes')}, weights of seed 0`)

title('The check', `in ONNX Runtime, on a photograph: chelsea.png, cut to ${high}x${wide}`)
const report = await verify(net, { size, input: image, path: built.path })
table(
  ['output', 'shape', 'max |Δ|', 'relative', 'tolerance'],
  report.outputs.map(({ name, shape, maxAbs, relative, tolerance }) => [
    name,
    `[${shape.join(', ')}]`,
    maxAbs.toExponential(1),
    relative.toExponential(1),
    tolerance.toExponential(0),
  ]),
)
print('')
print("  The network as written, ONNX Runtime's optimiser off, against the very bytes")
print(`  of the file, optimiser on. ${report.runtime}, on ${report.provider}.`)
print('')
print(`  ${report.ok ? good('✔ equal') : bad('✘ different')} within the tolerance`)
print('')
print(quiet('  Next: npx heddle models, npx heddle count hrnet-v2-w48, npx heddle --help'))
process.exitCode = report.ok ? 0 : 1

/**
 * Pixels as the authors give them to the network: from 0 to 1, less ImageNet's mean, over its deviation,
 * [batch, channels, height, width]; cut around the middle to whole multiples of `step`.
 */
function normalised(
  { width, height, channels, data }: ReturnType<typeof decode>,
  step: number,
): TensorData {
  const [mean, deviation] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ] as const
  const [high, wide] = [height, width].map((side) => side - (side % step)) as [number, number]
  const [top, left] = [(height - high) >> 1, (width - wide) >> 1]
  const out = new Float32Array(3 * high * wide)
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < high; y++)
      for (let x = 0; x < wide; x++) {
        const value = data[((top + y) * width + left + x) * channels + c] as number
        out[(c * high + y) * wide + x] =
          (value / 255 - (mean[c] as number)) / (deviation[c] as number)
      }
  return { data: out, dims: [1, 3, high, wide] }
}

/** The stages side by side, the branches one below the other, as the paper draws them. */
function picture(): string {
  const features = Object.values(hrnetTrunk(width).outputs)
  const paths = new Set(counted.parts.branch.map(({ path }) => path))
  const stage = (n: number): { name: string; branches: readonly string[] } => ({
    name: `stage ${n}`,
    branches: features
      .filter((_, i) => paths.has(`stage${n}.*.branches.${i}`))
      .map(({ channels }) => ` ${channels} `),
  })
  const columns = [
    { name: 'stem', branches: [''] },
    { name: 'stage 1', branches: [''] },
    ...[2, 3, 4].map(stage),
    { name: 'head', branches: [` ${net.outputs.logits.channels} classes`] },
  ]
  const cell = 10
  const lines = features.map(({ stride }, row) => {
    const cells = columns.map(({ branches }, i) => {
      const label = branches[row]
      const joint = jointAt(row, columns[i - 1]?.branches.length ?? 1, branches.length)
      return joint + (label === undefined ? '' : middle(label, cell - 1, '─')).padEnd(cell - 1)
    })
    return `  ${`stride ${stride}`.padEnd(cell)}${cells.join('')}`.trimEnd()
  })
  const names = columns.map(({ name }) => middle(name, cell, ' ')).join('')
  return [quiet(`${' '.repeat(cell + 2)}${names}`.trimEnd()), ...lines].join('\n')
}

/** The line between two stages at one branch, of as many as there are before and after it. */
function jointAt(row: number, before: number, after: number): string {
  const last = Math.max(before, after) - 1
  const [left, right] = [row < before, row < after]
  if (row > last) return ' '
  if (last === 0) return '─'
  if (row === 0) return '┬'
  if (row === last) return left ? (right ? '┴' : '┘') : '└'
  return left ? (right ? '┼' : '┤') : '├'
}

function middle(text: string, width: number, fill: string): string {
  return text.padStart((width + text.length) >> 1, fill).padEnd(width, fill)
}

function percent(part: number, all: number): string {
  return `${((100 * part) / all).toFixed(1)} %`
}

/** Rows under their titles; numbers stand right, so that digits stand under digits. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const columns = titles.map((title, i) => [title, ...rows.map((row) => row[i] ?? '')])
  const line = (cells: readonly string[]): string => {
    const padded = columns.map((column, i) => {
      const width = Math.max(...column.map((text) => text.length))
      const number = /^\d/.test(column[1] ?? '')
      return number ? cells[i]?.padStart(width) : cells[i]?.padEnd(width)
    })
    return `  ${padded.join('  ')}`.trimEnd()
  }
  print(quiet(line(titles)))
  for (const row of rows) print(line(row))
}

function title(name: string, what: string): void {
  print(`\n${strong(name)}  ${quiet(what)}\n`)
}

function print(line: string): void {
  console.log(line)
}

function strong(text: string): string {
  return styled(1, 22, text)
}

function quiet(text: string): string {
  return styled(2, 22, text)
}

function good(text: string): string {
  return styled(32, 39, text)
}

function bad(text: string): string {
  return styled(31, 39, text)
}

function styled(open: number, close: number, text: string): string {
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR
  return coloured ? `\x1b[${open}m${text}\x1b[${close}m` : text
}
