import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { typeMistakes } from '../src/cli/mistakes.js'
import { document, documentsInTurn, heddleInTurn, netFile, scratch } from './support/heddle.js'
import { wrongProgramsFolder } from './support/wrong-programs.js'

t.test('a network without mistakes is told with the input that it takes', async (t) => {
  const cwd = scratch(t, { 'net.ts': netFile('unet') })
  const [told, file, zoo] = heddleInTurn(
    ['check ./net.ts --input 64x96 --batch 2 --json', 'check ./net.ts', 'check hrnet-v2-w1'],
    { cwd },
  )
  t.equal(told?.code, 0)
  t.same(JSON.parse(told?.stdout ?? ''), {
    ok: true,
    model: 'unet',
    input: [2, 3, 64, 96],
    mistakes: [],
  })
  t.equal(file?.stdout, 'no mistakes in ./net.ts: unet takes [1, 3, 32, 48]\n')
  t.match(zoo?.stdout, /^no mistakes in hrnet-v2-w1/, 'the zoo too')
})

t.test(
  'mistakes that types see are told in the words of the network, once, and end with 1',
  async (t) => {
    const cwd = scratch(t, {
      'net.ts': `import { add, conv, image, model } from 'heddle'
import { width } from './parts'
console.log(process.argv)
export const net = model('net', image(3), (x) => {
  const half = conv(x, width, { kernel: 3, stride: 2 })
  const n: number = 'x'
  return { y: add(conv(x, 8, { kernel: 3 }), half), z: conv(x, 8, { kernl: 3 }) }
})
`,
      'parts.ts': 'export const width = 8\nexport const wrong: string = width\n',
    })
    const { code, json, stderr } = document('check ./net.ts', { cwd })
    t.equal(code, 1)
    t.match(stderr, 'main.js', 'what the file prints is not of the document')
    const places = json.mistakes.map(
      ({ location }: { location: { file: string; line: number; column: number } }) =>
        `${location.file}:${location.line}:${location.column}`,
    )
    t.same(places.sort(), ['net.ts:6:9', 'net.ts:7:46', 'net.ts:7:69', 'parts.ts:2:14'])
    t.match(
      json.mistakes.find(({ rule }: { rule?: string }) => rule === 'sum-stride'),
      {
        found: 'types',
        problem: /8 channels at stride 1 and .* 8 channels at stride 2: strides differ/,
        remedy: /resize/,
        typescript: /^TS2345: .*Feature<8, 2>/,
      },
    )

    const [text] = heddleInTurn(['check ./net.ts'], { cwd })
    t.equal(text?.code, 1)
    t.match(text?.stdout, /^net\.ts:7:46: a sum of .*\n {2}7 \| .*\n {4}\| {46}\^\n {2}Resize/m)
    t.match(text?.stdout, /4 mistakes\n$/)
    t.notMatch(text?.stdout, /^ {4}at /m)
  },
)

t.test('mistakes that only a run sees are told too', async (t) => {
  const wide = `conv(x, Number('0'), { kernel: 3 })`
  const cwd = scratch(t, { 'net.ts': netFile('net', wide), 'net.js': netFile('net', wide) })
  const zero = { found: 'run', rule: 'width', problem: /width .* is 0/ }
  const expected = {
    'check net.ts': { ...zero, location: { file: 'net.ts', line: 2 } },
    'check net.js': { ...zero, location: { file: 'net.js', line: 2 } },
    'check hrnet-v2-w1 --upsample nearest --input 65x65': { rule: 'input-size', remedy: /64x64/ },
  }
  const all = documentsInTurn(Object.keys(expected), { cwd })
  for (const [i, mistake] of Object.values(expected).entries())
    t.match(all[i], { code: 1, json: { mistakes: [mistake] } })
})

t.test('a file that cannot be run ends with 2', async (t) => {
  const cwd = scratch(t, {
    'none.ts': 'export const x = 3',
    'throws.ts': "throw new Error('nope')",
    'enum.ts': 'export enum Kind { A }',
  })
  const [none, throws, told] = heddleInTurn(
    ['check none.ts', 'check throws.ts', 'check enum.ts --json'],
    { cwd },
  )
  t.match(none, { code: 2, stderr: 'none.ts exports no model' })
  t.match(throws?.stderr, /throws Error: nope\n {2}throws\.ts:1:7/)
  t.equal(told?.code, 2)
  t.match(JSON.parse(told?.stdout ?? '').mistakes, [
    { problem: /enum is not supported/, location: { file: 'enum.ts' } },
  ])
})

t.test(
  'what types say of features, pyramids and units is put into the words of the network',
  async (t) => {
    const folder = fileURLToPath(wrongProgramsFolder)
    const all = readdirSync(folder).map((file) => `import '${join(folder, file)}'`)
    const mistakes = typeMistakes(join(scratch(t, { 'all.ts': all.join('\n') }), 'all.ts'))
    const told = new Map(
      mistakes.map(({ location, problem }) => [basename(location?.file ?? '', '.ts'), problem]),
    )
    for (const [rule, words] of Object.entries({
      'sum-stride':
        'a feature of 48 channels at stride 8 stands where a feature of 48 channels at stride 4 is needed',
      'product-width': 'a vector of 96 channels stands where a vector of 48 channels is needed',
      'concat-stride':
        'a feature of 192 channels at stride 16 stands where a feature at stride 4 is needed',
      'not-a-feature': 'a vector of 3 channels stands where a feature is needed',
      'repeat-stride':
        'a unit of 48 channels and stride 2 stands where a unit of 48 channels and stride 1 is needed',
      consecutive:
        'a feature of 18 channels at stride 4 and a feature of 18 channels at stride 16 stand in one place: branches double their stride',
      'empty-pyramid': 'a pyramid of 0 branches stands where at least 1 is needed',
      'not-a-tensor': 'there is no branch 2: there are 2, counted from 0',
      'per-branch': 'a list of 3 stands where one for each of 2 branches is needed',
      'missing-branch': '2 stands where 0 or 1 is needed',
      step: '3 stands where 1, 2, 4, 8, 16, 32, 64, 128, 256 or 512 is needed',
      width: 'a width is a whole number from 1, not -3',
    }))
      t.equal(told.get(rule), words, rule)
  },
)
