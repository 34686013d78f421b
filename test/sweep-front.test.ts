import fc from 'fast-check'
import t from 'tap'
import { type Axis, paretoFront } from '../src/sweep/front.js'

type Item = readonly (number | undefined)[]

function axesOf(prefers: readonly Axis<Item>['prefer'][]): readonly Axis<Item>[] {
  return prefers.map((prefer, i) => ({ name: String(i), prefer, of: (item) => item[i] }))
}

/** As the definition has it: nothing beats it. */
function byDefinition(items: readonly Item[], axes: readonly Axis<Item>[]): readonly Item[] {
  const known = items.filter((item) => axes.every(({ of }) => of(item) !== undefined))
  const gain = (a: Item, b: Item): readonly number[] =>
    axes.map(({ prefer, of }) => ((of(b) ?? 0) - (of(a) ?? 0)) * (prefer === 'least' ? 1 : -1))
  const beats = (a: Item, b: Item): boolean =>
    gain(a, b).every((one) => one >= 0) && gain(a, b).some((one) => one > 0)
  return known.filter((item) => !known.some((other) => beats(other, item)))
}

t.test('the front is what nothing beats, for any items and axes, in their order', async (t) => {
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 6 }) },
    fc.constant(undefined),
  )
  const items = fc.array(fc.array(value, { minLength: 4, maxLength: 4 }), { maxLength: 40 })
  const prefers = fc.array(fc.constantFrom('least' as const, 'most' as const), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(items, prefers, (all, prefer) => {
      const front = paretoFront<Item>(all, axesOf(prefer))
      const expected = byDefinition(all, axesOf(prefer))
      return front.length === expected.length && front.every((item, i) => item === expected[i])
    }),
    { numRuns: 500, seed: 1 },
  )
  t.pass('500 lists of up to 40 items')
})

t.test('equal items are on it together, and unknown ones are not', async (t) => {
  const items: readonly Item[] = [
    [1, 2],
    [2, 1],
    [1, 2],
    [3, 3],
    [undefined, 0],
  ]
  t.same(paretoFront(items, axesOf(['least', 'least'])), [
    [1, 2],
    [2, 1],
    [1, 2],
  ])
  t.same(paretoFront(items, axesOf(['most', 'most'])), [[3, 3]])
  t.same(paretoFront(items, axesOf(['least', 'most'])), [
    [1, 2],
    [1, 2],
    [3, 3],
  ])
})
