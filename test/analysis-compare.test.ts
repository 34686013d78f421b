import t from 'tap'
import { type CountComparison, compareCounts } from '../src/analysis/compare.js'
import { count } from '../src/count.js'
import { conv, type Feature, image, model, scope } from '../src/index.js'

/** Convolutions one behind another, each the only one of its stage. */
function chain(
  ...stages: readonly (readonly [stage: string, width: number])[]
): CountComparison['a'] {
  const net = model('chain', image(3, { size: [8, 8] }), (x) => ({
    y: stages.reduce<Feature>(
      (y, [stage, width]) => scope(stage, () => conv(y, width, { kernel: 1 })),
      x,
    ),
  }))
  return count(net)
}

function stages(
  ...counts: readonly [CountComparison['a'], CountComparison['a']]
): readonly unknown[] {
  return compareCounts(...counts)
    .parts.stage.filter(({ path }) => path !== 'image')
    .map(({ path, a, b }) => [path, a?.parameters, b?.parameters])
}

t.test('parts of one name are set side by side', async (t) => {
  t.same(stages(chain(['stem', 4], ['head', 2]), chain(['stem', 8], ['head', 2])), [
    ['stem', 12, 24],
    ['head', 8, 16],
  ])
})

t.test('a part that one network alone has stands where it runs there', async (t) => {
  const [plain, necked] = [
    chain(['stem', 4], ['head', 2]),
    chain(['stem', 4], ['neck', 4], ['head', 2]),
  ]
  t.same(stages(plain, necked), [
    ['stem', 12, 12],
    ['neck', undefined, 16],
    ['head', 8, 8],
  ])
  t.same(stages(necked, plain), [
    ['stem', 12, 12],
    ['neck', 16, undefined],
    ['head', 8, 8],
  ])
  t.same(stages(plain, chain(['first', 4], ['last', 2])), [
    ['first', undefined, 12],
    ['last', undefined, 8],
    ['stem', 12, undefined],
    ['head', 8, undefined],
  ])
})

t.test('in another order, parts stand as they run in the first', async (t) => {
  const paths = stages(
    chain(['a', 4], ['b', 4], ['c', 4]),
    chain(['c', 4], ['d', 4], ['a', 4]),
  ).map((each) => (each as readonly unknown[])[0])
  t.same(paths, ['a', 'b', 'c', 'd'])
})

t.test('each division adds up to the whole of each network', async (t) => {
  const { a, b, parts } = compareCounts(
    chain(['stem', 4], ['head', 2]),
    chain(['stem', 9], ['neck', 4]),
  )
  for (const pairs of Object.values(parts))
    for (const [side, whole] of [
      ['a', a],
      ['b', b],
    ] as const)
      t.equal(
        pairs.reduce((sum, pair) => sum + (pair[side]?.macs ?? 0), 0),
        whole.macs,
      )
})
