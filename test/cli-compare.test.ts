import t from 'tap'
import { documentsInTurn, heddleInTurn, scratch } from './support/heddle.js'
import { hasTerminal, onTerminal } from './support/pty.js'

const nets = `import { conv, image, model, scope } from 'heddle'
const net = (name: string, width: number, neck: string) =>
  model(name, image(3, { size: [32, 48] }), (x) => {
    const stem = scope('stem', () => conv(x, width, { kernel: 3, stride: 2 }))
    return { y: scope('head', () => conv(scope(neck, () => conv(stem, width, { kernel: 1 })), 5, { kernel: 1 })) }
  })
export const slim = net('slim', 8, 'neck')
export const wide = net('wide', 16, 'bridge')
`

t.test('two networks stand side by side, with a dash for what one has not', async (t) => {
  const cwd = scratch(t, { 'nets.ts': nets })
  const [text, byLayer] = heddleInTurn(
    ['compare ./nets.ts#slim ./nets.ts#wide', 'compare ./nets.ts#slim ./nets.ts#wide --by layer'],
    { cwd },
  )
  t.matchSnapshot(text?.stdout, 'by stage')
  t.matchSnapshot(byLayer?.stdout.split('\n\n')[2], 'by layer')
})

t.test('options of the line are for each that has them, those in quotes for one', async (t) => {
  const [both, own, apart] = documentsInTurn([
    'compare hrnet-v1-w1 hrnet-w1-c --joints 5 --classes 2 --input 64x64',
    "compare 'hrnet-w1-c --classes 2' hrnet-w1-c --classes 3",
    "compare 'hrnet-w1-c --input 64x64 --batch 2' hrnet-w1-c",
  ]).map(({ json }) => json)
  t.same(
    [both.a.input, both.b.input],
    [
      [1, 3, 64, 64],
      [1, 3, 64, 64],
    ],
  )
  const last = (side: string, path: string): number =>
    both.parts.layer.find((pair: { path: string }) => pair.path === path)[side].parameters
  t.equal(last('a', 'final_layer'), 5 + 5)
  t.equal(last('b', 'classifier'), 2 * 2048 + 2)
  t.equal(own.b.parameters - own.a.parameters, 2049)
  t.same(
    [apart.a.input, apart.b.input],
    [
      [2, 3, 64, 64],
      [1, 3, 224, 224],
    ],
  )
})

t.test('what is wrong with either is told', async (t) => {
  const told = [
    ['compare hrnet-w1-c', /missing required argument 'b'\n {2}Name two networks/],
    ['compare hrnet-w1-c hrnet-w1-d', /no network “hrnet-w1-d”.*\n {2}Did you mean hrnet-w1-c\?/],
    ['compare hrnet-w1-c hrnet-w1-ci --joints 3', /--joints does not apply to hrnet-w1-c\n/],
    ["compare hrnet-w1-c 'hrnet-w1-ci --joints 3'", /--joints does not apply to hrnet-w1-ci\n/],
    ["compare hrnet-w1-c 'hrnet-w1-ci --input 3'", /--input is 3\n/],
    [
      "compare hrnet-w1-c 'hrnet-w1-ci --inptu 3'",
      /“hrnet-w1-ci --inptu 3”: unknown option '--inptu'\n {2}Did you mean --input\?/,
    ],
    ["compare hrnet-w1-c 'hrnet-w1-ci --seed 3'", /unknown option '--seed'\n/],
    ['compare hrnet-w1-c hrnet-w1-ci --input dynamic', /--input is dynamic/],
  ] as const
  for (const [i, { code, stderr }] of heddleInTurn(told.map(([line]) => line)).entries()) {
    const [line, words] = told[i] as (typeof told)[number]
    t.equal(code, 2, line)
    t.match(stderr, words, line)
  }
})

t.test('what a narrow terminal has no room for stands below', { skip: !hasTerminal }, async (t) => {
  const cwd = scratch(t, { 'nets.ts': nets })
  const { stdout } = onTerminal('compare ./nets.ts#slim ./nets.ts#wide', {
    cwd,
    columns: 60,
    env: { NO_COLOR: '1' },
  })
  const lines = stdout.replaceAll('\r', '').split('\n')
  const table = lines.slice(
    lines.findIndex((line) => /MACs +activations|parameters +MACs/.test(line)),
  )
  t.ok(table.filter((line) => line.startsWith('  stem')).length > 1)
  t.ok(
    table
      .filter((line) => /^ {2}(stem|all) /.test(line))
      .every((line) => line.length <= 60 && !line.endsWith('…')),
  )
})
