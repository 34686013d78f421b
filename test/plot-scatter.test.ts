import fc from 'fast-check'
import t from 'tap'
import { placeLabels } from '../src/plot/labels.js'
import { type Mark, type Scatter, scatter } from '../src/plot/scatter.js'
import { scaleOf } from '../src/plot/ticks.js'

function plot(marks: readonly Partial<Mark>[], more: Partial<Scatter> = {}): string {
  return scatter({
    title: 'miou by MACs',
    subtitle: 'of <all> & "none"',
    x: 'MACs',
    y: 'miou',
    marks: marks.map((mark, i) => ({
      x: i,
      y: i,
      series: 'a',
      label: `net-${i}`,
      marked: false,
      ...mark,
    })),
    ...more,
  })
}

t.test(
  'ticks are round numbers, in order and within the axis, and so are the values',
  async (t) => {
    const value = fc
      .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: -3, max: 9 }))
      .map(([digits, power]) => digits * 10 ** power)
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
        const { place, ticks } = scaleOf(values)
        const inside = (one: number): boolean => place(one) >= -1e-9 && place(one) <= 1 + 1e-9
        const rising = ticks.every((tick, i) => i === 0 || tick > (ticks[i - 1] as number))
        return values.every(inside) && ticks.every(inside) && rising && ticks.length <= 16
      }),
      { seed: 1 },
    )
    t.same(scaleOf([0.71, 0.811]).ticks, [0.72, 0.74, 0.76, 0.78, 0.8])
    t.same(scaleOf([2e9, 4e10]).ticks, [2e9, 5e9, 1e10, 2e10])
    t.same(scaleOf([1, 1e6]).ticks, [1, 10, 100, 1000, 1e4, 1e5, 1e6])
    t.same(scaleOf([5, 5]).ticks, [4.8, 4.9, 5, 5.1, 5.2])
  },
)

t.test('each mark has a circle that says its name, what stands out comes last', async (t) => {
  const svg = plot([{ marked: true }, {}, { series: 'b' }, { series: 'b', marked: true }])
  const names = [...svg.matchAll(/<circle [^>]*><title>(.*?)<\/title>/g)].map(([, name]) => name)
  t.same(names, ['net-1', 'net-2', 'net-0', 'net-3'])
  t.equal([...svg.matchAll(/stroke-dasharray/g)].length, 0)
  t.equal(
    [...plot([{ marked: true }, { marked: true }], { steps: 'up' }).matchAll(/stroke-dasharray/g)]
      .length,
    1,
  )
})

t.test('it is well-formed, whatever the words', async (t) => {
  const svg = plot([{ label: 'a<b & "c"', marked: true }, { series: '</svg>' }])
  t.match(svg, 'of &lt;all&gt; &amp; &quot;none&quot;')
  const open: string[] = []
  for (const [, close, name = '', own] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g))
    if (close) t.equal(open.pop(), name)
    else if (!own) open.push(name)
  t.same(open, [])
  t.notMatch(svg, /NaN|undefined|Infinity/)
})

t.test('steps turn where one of two neighbours begins to beat', async (t) => {
  const path = (steps: 'across' | 'up'): string =>
    (/<path d="(.*?)"/.exec(plot([{ marked: true }, { marked: true }], { steps })) ?? [])[1] ?? ''
  t.match(path('across'), /^M\S+ \S+H\S+V\S+$/)
  t.match(path('up'), /^M\S+ \S+V\S+H\S+$/)
})

t.test('labels cover neither each other nor what stands out', async (t) => {
  const frame = { left: 0, right: 300, top: 0, bottom: 100 }
  const label = (x: number, y: number) => ({ x, y, text: 'hrnet-v2-w48' })
  const mark = (x: number, y: number, marked: boolean) => ({ x, y, marked })
  const crowd = Array.from({ length: 30 }, (_, i) => mark(100 + i, 50, true))
  const placed = placeLabels(
    crowd.map(({ x, y }) => label(x, y)),
    crowd,
    frame,
  )
  t.ok(placed.length >= 2 && placed.length < 10)
  const [alone] = placeLabels([label(290, 50)], [mark(290, 50, true)], frame)
  t.equal(alone?.anchor, 'end', 'at the right edge it stands on the left')
})
