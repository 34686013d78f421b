import t from 'tap'
import { documentsInTurn, heddleInTurn, scratch } from './support/heddle.js'

const net = `import { conv, globalPool, image, maxPool, model, resize } from 'heddle'
export const small = model('small', image(3, { size: [32, 48] }), (x) => {
  const up = resize(maxPool(x, { kernel: 2, stride: 2 }), 1, { mode: 'nearest' })
  return { y: globalPool(conv(up, 8, { kernel: 3 })) }
})
`

t.test('conventions stand side by side with what each counts and what was assumed', (t) => {
  const cwd = scratch(t, { 'net.ts': net })
  const [all, some, explained] = heddleInTurn(
    [
      'count ./net.ts --convention all',
      'count hrnet-v2p-w1 --input 64x64 --convention fvcore,timm --by stage',
      'count hrnet-w18-c --explain 3.99',
    ],
    { cwd },
  )
  t.matchSnapshot(all?.stdout, 'all, of a network of the user’s')
  t.matchSnapshot(some?.stdout, 'two, of the zoo')
  t.matchSnapshot(explained?.stdout, 'what a figure may be of')
  t.end()
})

t.test('what is no convention or no figure is told with what there is', (t) => {
  const refused = [
    ['count hrnet-w18-c --convention fcvore', /no counting convention “fcvore”\n.*mean fvcore\?/],
    ['count hrnet-w18-c --convention fvcore,', /no counting convention “”/],
    ['count hrnet-w18-c --explain 3.9G', /--explain is 3\.9G\n.*--explain 3\.99/],
    ['count hrnet-w18-c --explain 0', /--explain is 0\n/],
    ['count hrnet-w18-c --explain -4', /--explain is -4\n/],
  ] as const
  const ended = heddleInTurn(refused.map(([line]) => line))
  for (const [i, [line, message]] of refused.entries()) {
    t.match(ended[i]?.stderr, message, line)
    t.equal(ended[i]?.code, 2, line)
  }
  t.end()
})

t.test('in JSON every convention is listed, and the readings of a figure nearest first', (t) => {
  const [plain, asked] = documentsInTurn([
    'count hrnet-v1-w32',
    'count hrnet-v1-w32 --convention authors,torch --explain 28.5',
  ])
  t.equal(plain?.json.conventions.length, 13)
  t.strictSame(plain?.json.conventions[2], {
    name: 'fvcore',
    value: 7_685_342_208,
    unit: 'flop',
    printed: '7.685G',
  })
  t.notOk('explain' in (plain?.json ?? {}))
  t.match(asked?.json.conventions, [{ name: 'authors' }, { name: 'torch' }])
  t.match(asked?.json.explain, {
    figure: '28.5',
    readings: [{ of: 'parameters', scale: '10^6', value: 28_536_113, reads: '28.5', exact: true }],
  })
  t.end()
})
