import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { ConventionName } from '../src/analysis/conventions.js'
import { countByConventions, type Model, zooModel } from '../src/index.js'
import { layers } from './support/layers.js'

/** What a tool counted, and how it printed it; null where it refused. */
type Figure = readonly [value: number, printed: string] | null

interface Counted {
  readonly name: string
  readonly size: readonly [number, number]
  /** None of `detection`, which is no tool. */
  readonly figures: { readonly [N in ConventionName]?: Figure }
}

const read = (file: string): readonly Counted[] =>
  JSON.parse(readFileSync(`test/fixtures/conventions/${file}`, 'utf8')).counts

/** Holds a network to what the tools counted, and tells which conventions say that they do not cover it. */
function counts(t: Test, model: Model, { name, size, figures }: Counted): readonly string[] {
  const [height, width] = size
  const found = countByConventions(model, { size: { height, width } })
  const compared = found.filter(({ uncovered }) => uncovered.length === 0)
  for (const { name, value, printed } of compared)
    if (figures[name]) t.strictSame([value, printed], figures[name], name)
  return found.filter((one) => !compared.includes(one)).map((one) => `${name}: ${one.name}`)
}

t.test('five networks count as each tool counts the authors’ code, and print so', (t) => {
  for (const record of read('nets.json'))
    t.test(record.name, (t) => {
      t.same(counts(t, zooModel(record.name), record), [])
      t.end()
    })
  t.end()
})

t.test('each layer counts as each tool counts it', (t) => {
  const uncovered: string[] = []
  for (const record of read('layers.json'))
    t.test(record.name, (t) => {
      uncovered.push(...counts(t, layers[record.name] as Model, record))
      t.end()
    })
  t.same(uncovered, [
    'biased transposed conv: calflops',
    'transposed conv in groups: calflops',
    'uneven adaptive pool: onnx-tool',
  ])
  t.end()
})
