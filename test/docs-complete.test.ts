import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import * as heddle from 'heddle'
import * as node from 'heddle/node'
import t from 'tap'
import { makeProgram } from '../src/cli/program.js'
import { zooModel } from '../src/models/zoo.js'
import { everyPass } from '../src/targets/named.js'
import { tensorsOf } from './support/checkpoint-file.js'
import { macs } from './support/costs.js'
import { documents, read, root, rows, section } from './support/documents.js'
import { documentsInTurn } from './support/heddle.js'
import { pictureFile } from './support/pictures.js'
import { safetensors, type Written } from './support/safetensors.js'

t.test('the language guide lists every rule, in its words', async (t) => {
  t.same(rows(section(read('docs/dsl.md'), 'Every rule')), Object.entries(heddle.rules))
})

t.test('the command line is told of with every command and every option', async (t) => {
  const document = read('docs/command-line.md')
  const { commands, options } = makeProgram(() => undefined)
  const every = section(document, 'Options of every command')
  const common = ['A model and its options', 'What it runs on'].map((heading) =>
    section(document, heading),
  )
  for (const command of commands) {
    const own = [section(document, `heddle ${command.name()}`), every]
    const told = (parts: readonly string[], { options }: typeof command): void => {
      for (const { long } of options)
        t.ok(
          parts.some((part) => part.includes(`\`${long}`)),
          `heddle ${command.name()} ${long}`,
        )
    }
    told([...own, ...common], command)
    // Those below a command take no model, and run none.
    for (const below of command.commands) told(own, below)
  }
  const all = commands.flatMap((command) => [command, ...command.commands])
  const known = [...all.flatMap(({ options }) => options), ...options].map(({ long }) => long)
  for (const [, long] of document.text.matchAll(/(--[a-z][a-z\d-]+)/g))
    t.ok([...known, '--help'].includes(long), `there is an option ${long}`)
})

t.test('so is every field of its JSON documents', async (t) => {
  const cwd = t.testdir({
    'net.ts': net,
    'wrong.ts': net.replace('stride: 4', 'stride: 3'),
    'photo.png': Buffer.from(pictureFile('rgb.png')),
  })
  const trunk = tensorsOf(zooModel('hrnet-w1-trunk'))
  writeFileSync(join(cwd, 'trunk.safetensors'), safetensors(trunk))
  writeFileSync(join(cwd, 'net.safetensors'), safetensors(netTensors))
  const document = read('docs/command-line.md')
  const lines = [
    'models',
    'count ./net.ts',
    'compare ./net.ts hrnet-v2-w1',
    'sweep hrnet-w{1,2}-c hrnet-w3-c,x --input 32x32',
    'build ./net.ts -o net.onnx --external-data --verify',
    'verify ./net.ts --features',
    'verify net.onnx',
    'run net.onnx photo.png --as segmentation -o out.png',
    'run net.onnx photo.png --as pose',
    'print ./net.ts',
    'check ./net.ts',
    'check ./wrong.ts',
    'build ./net.ts --explain',
    'build ./net.ts --weights net.safetensors',
    'verify ./net.ts --weights net.safetensors',
    'inspect trunk.safetensors',
    'paper',
    'doctor',
  ]
  for (const [i, { json }] of documentsInTurn(lines, { cwd }).entries()) {
    const words = lines[i] as string
    // Documents may hold a verdict, and places.
    const told = [`heddle ${words.split(' ')[0]}`, 'heddle verify', 'Errors'].map((heading) =>
      section(document, heading),
    )
    for (const field of new Set(fieldsOf(json)))
      t.match(told.join(''), `\`${field}\``, `heddle ${words}: ${field}`)
  }
})

const netTensors: readonly Written[] = [
  { name: '0.weight', shape: [8, 3, 3, 3], values: new Float32Array(216).fill(0.1) },
  ...['weight', 'bias', 'running_mean', 'running_var'].map((name) => ({
    name: `1.${name}`,
    shape: [8],
    values: new Float32Array(8).fill(1),
  })),
]

const net = `import { convBnRelu, image, model } from 'heddle'
export const net = model('net', image(3, { size: [32, 32] }), (x) => ({
  y: convBnRelu(x, 8, { kernel: 3, stride: 4 }),
}))
`

/** The names of all fields of a document; those of defaults are the options'. */
function fieldsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(fieldsOf)
  return Object.entries(value).flatMap(([name, one]) =>
    name === 'defaults' ? [name] : [name, ...fieldsOf(one)],
  )
}

t.test('every export is told of', async (t) => {
  const told = documents()
    .map(({ text }) => text)
    .join('\n')
  for (const name of [...Object.keys(heddle), ...Object.keys(node)])
    t.match(told, new RegExp(`\\b${name}\\b`), name)
})

t.test('every pass has a heading', async (t) => {
  const { text } = read('docs/passes.md')
  const names = readdirSync(`${root}src/passes`).flatMap((file) =>
    [
      ...readFileSync(`${root}src/passes/${file}`, 'utf8').matchAll(
        /\bname: '([a-z0-9-]+)',\s+equation:/g,
      ),
    ].map(([, name]) => name as string),
  )
  t.ok(
    everyPass(macs).every(({ name }) => names.includes(name)),
    'those of targets are among them',
  )
  for (const name of names) t.match(text, `\n### ${name}\n`, name)
})

t.test('the architecture lists the rooms, and what each imports', async (t) => {
  const said = rows(section(read('docs/architecture.md'), 'The rooms')).map(
    ([room = '', , imports = '']) => [
      room.replace(/^src\/|\/$/g, ''),
      imports
        .split(', ')
        .filter((name) => name !== 'none')
        .sort(),
    ],
  )
  t.same(said.toSorted(), Object.entries(importsOfRooms()).toSorted())
})

/** For each folder of src, the others that its files import from; files in src itself are no room. */
function importsOfRooms(): Readonly<Record<string, readonly string[]>> {
  const rooms = readdirSync(`${root}src`, { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  )
  return Object.fromEntries(
    rooms.map(({ name: room }) => {
      const files = readdirSync(`${root}src/${room}`, { recursive: true, encoding: 'utf8' })
      const imported = files
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) =>
          [
            ...readFileSync(`${root}src/${room}/${file}`, 'utf8').matchAll(
              /(?:from |import\()'(\.[^']*)'/g,
            ),
          ].map(([, path = '']) => posix.join(room, posix.dirname(file), path).split('/')),
        )
        .flatMap(([other, ...rest]) => (rest.length > 0 && other !== room ? [other as string] : []))
      return [room, [...new Set(imported)].sort()]
    }),
  )
}
