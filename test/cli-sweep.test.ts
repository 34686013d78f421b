import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { documentsInTurn, heddleInTurn, type Json, main, scratch } from './support/heddle.js'
import { ended, start } from './support/plain-node.js'

const family = 'hrnet-w{1..3}-c'

t.test('a family is a table, with what no other beats', async (t) => {
  const cwd = scratch(t, { 'seen.csv': 'network,miou\nhrnet-w1-c,0.5\nhrnet-w2-c,0.4' })
  const [table, measured] = heddleInTurn(
    [
      `sweep '${family} --input 64x64' 'hrnet-w{4..6}-ci --unit bottleneck' --classes 5 --convention fvcore`,
      `sweep ${family} --input 32x32,64x64 --measured seen.csv --least macs --most miou`,
    ],
    { cwd },
  )
  t.matchSnapshot(table?.stdout, 'with options of their own, and what is no network')
  t.matchSnapshot(measured?.stdout, 'with what was measured')
})

t.test('what was counted is what heddle count says', async (t) => {
  const [swept, counted] = documentsInTurn([
    'sweep hrnet-v2-w{1,2} --input 64x128 --batch 2 --convention authors',
    'count hrnet-v2-w2 --input 64x128 --batch 2 --convention authors',
  ]).map(({ json }) => json)
  const [, second] = swept.networks
  for (const figure of ['parameters', 'macs', 'activations', 'buffers', 'bytes'])
    t.same(second[figure], counted[figure], figure)
  t.equal(second.conventions.authors, counted.conventions[0].value)
  t.same(
    swept.networks.map(({ network, front }: Json) => [network, front]),
    [
      ['hrnet-v2-w1', true],
      ['hrnet-v2-w2', false],
    ],
  )
})

t.test('a sweep goes on where it was stopped, at whatever byte', async (t) => {
  const cwd = scratch(t)
  const line = `sweep ${family} --input 64x64 -o all.csv`
  heddleInTurn([line], { cwd })
  const whole = readFileSync(join(cwd, 'all.csv'), 'utf8')
  t.equal(whole.split('\n').length, 5)
  const [head = '', first = ''] = whole.split('\n')
  const stopped = [
    '',
    'network,opt',
    `${head}\n`,
    `${head}\n${first}\nhrnet-w2`,
    whole.slice(0, -1),
    whole,
  ]
  const cwds = stopped.map((text) => scratch(t, { 'all.csv': text }))
  const all = heddleInTurn(cwds.map((each) => ({ line, cwd: each })))
  for (const [i, each] of cwds.entries())
    t.equal(readFileSync(join(each, 'all.csv'), 'utf8'), whole, JSON.stringify(stopped[i]))
  t.match(all[3]?.stdout, '3 networks (2 counted, 1 from files)')
  t.match(all[5]?.stdout, '3 networks (0 counted, 3 from files)')
})

t.test('Ctrl-C leaves whole lines, from which the same command goes on', async (t) => {
  const cwd = scratch(t)
  const words = ['sweep', 'hrnet-w{1..400}-c', '--input', '64x64', '-o', 'all.csv']
  const child = start([process.execPath, main, ...words], { cwd })
  const end = ended(child)
  const lines = (): readonly string[] =>
    existsSync(join(cwd, 'all.csv')) ? readFileSync(join(cwd, 'all.csv'), 'utf8').split('\n') : []
  while (lines().length < 5 && child.exitCode === null) await sleep(5)
  child.kill('SIGINT')
  t.equal((await end).code, 130)
  t.match(
    (await end).stderr,
    /all\.csv has what was counted; .* goes on.*\ninterrupted by SIGINT\n$/,
  )
  const [head, ...kept] = lines()
  t.match(head, /^network,.*,heddle$/)
  t.equal(kept.pop(), '', 'the last line is whole')
  t.ok(kept.length >= 3 && kept.length < 400)
  const ours = kept.map((line, i) => line.startsWith(`hrnet-w${i + 1}-c,`))
  t.notOk(ours.includes(false), 'in order, each once')
})

t.test('shards are disjoint, together all, and merge into what one machine makes', async (t) => {
  const cwd = scratch(t)
  const line = (more: string): string => `sweep hrnet-w{1..5}-c --input 64x64 ${more}`
  heddleInTurn(
    [
      line('-o all.csv --plot all.svg'),
      ...[1, 2, 3].map((part) => line(`-o ${part}.csv --shard ${part}/3`)),
      line('1.csv 2.csv 3.csv -o merged.csv --plot merged.svg'),
      'sweep 1.csv 2.csv 3.csv -o files.csv',
    ],
    { cwd },
  )
  const rows = (name: string): readonly string[] =>
    readFileSync(join(cwd, name), 'utf8').trimEnd().split('\n').slice(1)
  const shards = ['1.csv', '2.csv', '3.csv'].map(rows)
  t.same(
    shards.map(({ length }) => length),
    [2, 2, 1],
  )
  t.same(shards.flat().sort(), rows('all.csv').toSorted())
  t.same(rows('merged.csv').toSorted(), rows('all.csv').toSorted())
  t.same(rows('files.csv'), shards.flat())
  const svg = (name: string): string => readFileSync(join(cwd, name), 'utf8')
  t.equal(svg('merged.svg'), svg('all.svg'))
})

t.test('what a sweep cannot take is told', async (t) => {
  const cwd = scratch(t, { 'net.ts': '' })
  heddleInTurn(['sweep hrnet-w{1..2}-c --input 64x64 -o two.csv'], { cwd })
  const two = readFileSync(join(cwd, 'two.csv'), 'utf8')
  const files = {
    'old.csv': two.replace(/0\.[\d.]+$/m, '0.0.1'),
    'cut.csv': two.replace(/,\d+,0\.[\d.]+$/m, ''),
    'word.csv': two.replace(/,64x64,1,\d+/, ',64x64,1,many'),
    'other.csv': 'name,value\na,1\n',
    'seen.csv': 'net,miou\n',
    'odd.csv': 'network,miou\nhrnet-w1-c,high\n',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  const sweep = 'sweep hrnet-w{1..2}-c --input 64x64'
  const told = [
    ['sweep hrnet-w{1..}-c', /hrnet-w\{1\.\.\}-c is wrong at its character 8: 1\.\. is no range/],
    ['sweep hrnet-x{1..2}-c', /no network “hrnet-x1-c” in the zoo\n {2}Did you mean hrnet-/],
    ['sweep ./net.ts', /\.\/net\.ts is a file, and a sweep counts networks of the zoo/],
    [`${sweep} --shard 17/16`, /--shard is 17\/16\n {2}.*from 1\/16 to 16\/16/],
    [`${sweep} --shard third`, /--shard is third\n {2}.*as 3\/16/],
    [`${sweep} --input 64x64,dynamic`, /--input is dynamic/],
    [`${sweep} --batch 1,0`, /--batch is 0/],
    [`${sweep} --least mac`, /--least asks for mac,.*\n {2}Did you mean macs\?/],
    [`${sweep} --most macs`, /macs is asked for twice/],
    [`${sweep} --convention fvcor`, /no counting convention “fvcor”/],
    [`${sweep} --joints 3`, /--joints does not apply to hrnet-w1-c/],
    [`${sweep} --least macs --plot a.svg`, /a\.svg would have one axis, macs/],
    [
      `${sweep} --classes 3 -o two.csv`,
      /two\.csv, line 2, has hrnet-w1-c at 64x64, which is none of this sweep/,
    ],
    [`${sweep} --convention fvcore -o two.csv`, /two\.csv holds no results of this sweep/],
    [`${sweep} -o old.csv`, /old\.csv, line 2, was counted by heddle 0\.0\.1; this is/],
    [`${sweep} -o cut.csv`, /cut\.csv, line 2, has 9 cells of 11/],
    [`${sweep} -o word.csv`, /word\.csv, line 2, says many of parameters/],
    [`${sweep} other.csv`, /other\.csv holds no results of this sweep: it begins with name,value/],
    [`${sweep} none.csv`, /none\.csv: it does not exist/],
    [`${sweep} -o no/two.csv`, /no\/two\.csv: it does not exist/],
    [`${sweep} --measured seen.csv`, /seen\.csv has no column called network: net, miou/],
    [`${sweep} --measured odd.csv`, /odd\.csv, line 2, says high of miou/],
  ] as const
  const all = heddleInTurn(
    told.map(([line]) => line),
    { cwd },
  )
  for (const [i, { code, stderr }] of all.entries()) {
    const [line, words] = told[i] as (typeof told)[number]
    t.equal(code, 2, line)
    t.match(stderr, words, line)
  }
  t.equal(readFileSync(join(cwd, 'two.csv'), 'utf8'), two, 'a file that is refused stays as it is')
})
