import fc from 'fast-check'
import t from 'tap'
import { csvCells, csvLine } from '../src/sweep/csv.js'

t.test('a line that is written is read as the same cells', async (t) => {
  const cell = fc.string({ unit: fc.constantFrom(...'ab ,"=-') })
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 1 }),
      (cells) => JSON.stringify(csvCells(csvLine(cells))) === JSON.stringify(cells),
    ),
    { seed: 1 },
  )
  t.equal(csvLine(['hrnet', '--a "b", c', 7]), 'hrnet,"--a ""b"", c",7')
})

t.test('what has no such cells is nothing', async (t) => {
  for (const line of ['"open', 'a"b,c', '"a"b']) t.equal(csvCells(line), undefined, line)
  t.same(csvCells(''), [''])
})
