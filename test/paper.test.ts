import { readFileSync } from 'node:fs'
import t from 'tap'
import { cellsOf } from '../src/paper/cell.js'
import { paperPage } from '../src/paper/page.js'
import { sources } from '../src/paper/sources.js'
import { read } from './support/documents.js'
import { heddleInTurn } from './support/heddle.js'

const fixture = new URL('../../test/fixtures/paper/published-counts.csv', import.meta.url)
const cells = sources.paper.flatMap(cellsOf)
const everyCell = Object.values(sources).flat().flatMap(cellsOf)

/** A line of CSV: fields between commas, in quotes where they have one. */
function fields(line: string): readonly string[] {
  return [...line.matchAll(/("[^"]*"|[^,]+)(?:,|$)/g)].map(([, field = '']) =>
    field.replaceAll('"', ''),
  )
}

t.test('the figures of the paper are those that were read from it, in its words', async (t) => {
  const [, ...lines] = readFileSync(fixture, 'utf8').trim().split('\n')
  const theirs = lines
    .map(fields)
    .map(([table, system, , quantity, published]) => [table, system, quantity, published])
  t.equal(theirs.length, 68)
  t.same(
    cells.map(({ table, system, quantity, published }) => [table, system, quantity, published]),
    theirs,
  )
})

t.test('all are computed, and all but these are exact to the printed digit', async (t) => {
  t.ok(cells.every(({ computed }) => computed !== null))
  const departing = cells.filter(({ exact }) => !exact)
  t.matchSnapshot(
    departing
      .map(({ system, quantity, published, computed }) =>
        [system, quantity, published, computed].join(' | '),
      )
      .join('\n'),
  )
})

t.test('a figure that is not exact has a nearest reading, of several, and a reason', async (t) => {
  const departing = everyCell.filter(({ exact, network }) => !exact && network)
  t.ok(departing.length > cells.filter(({ exact }) => !exact).length)
  for (const { system, quantity, published, nearest, why } of departing) {
    const cell = `${system}, ${quantity}`
    t.ok((nearest?.tried ?? 0) > 3, cell)
    t.equal(nearest?.exact, nearest?.computed === published, cell)
    t.equal((nearest?.agreeing ?? 0) > 0, nearest?.exact, cell)
    t.match(why, /\.$/, cell)
  }
})

t.test('a convention is that of a table and a quantity', async (t) => {
  const conventions = new Map<string, string>()
  for (const { table, quantity, convention } of everyCell) {
    const key = `${table}, ${quantity}`
    t.equal(conventions.get(key) ?? convention, convention, key)
    conventions.set(key, convention)
  }
})

t.test('docs/paper.md is what the command prints today', async (t) => {
  const page = paperPage(Object.values(sources).flat())
  t.ok(
    read('docs/paper.md').text === `${page}\n`,
    'heddle paper --source all --markdown > docs/paper.md',
  )
})

t.test('the command prints those of a source as text, and as JSON', async (t) => {
  const [text, json, wrong] = heddleInTurn([
    'paper --source timm',
    'paper --source timm --json',
    'paper --source nobody',
  ])
  const theirs = sources.timm.flatMap(cellsOf)
  t.same(JSON.parse(json?.stdout ?? ''), theirs)
  const lines = text?.stdout.split('\n') ?? []
  for (const { system, quantity, published, computed } of theirs)
    t.ok(
      lines.some((line) =>
        [system, quantity, published, computed].every((one) => line.includes(one ?? '?')),
      ),
      `${system}, ${quantity}`,
    )
  t.match(text?.stdout, '33 figures of 33 exact to the printed digit.')
  t.equal(wrong?.code, 2)
  t.match(wrong?.stderr, /--source is nobody\n {2}It is paper, authors, timm or all\./)
})
