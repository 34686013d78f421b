import t from 'tap'
import type { Costs } from '../src/compiler/costs.js'
import type { Graph, Output } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { Value } from '../src/compiler/node.js'
import { specialise } from '../src/compiler/specialise.js'
import {
  type Feature,
  globalPool,
  image,
  maxPool,
  model,
  relu,
  resize,
  spread,
} from '../src/index.js'
import { mergeResizes } from '../src/passes/merge-resizes.js'
import { splitResizes } from '../src/passes/split-resizes.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, sized, small, text } from './support/passes.js'

const nearest = { mode: 'nearest' } as const
const bilinear = { mode: 'bilinear' } as const
const half = <S extends 1 | 2 | 4>(x: Feature<4, S>) => maxPool(x, { kernel: 2, stride: 2 })
const quarter = (x: Feature<4, 1>): Feature<4, 4> => half(half(x)) as Feature<4, 4>

t.test('nearest upsamplings one after the other are one', async (t) => {
  const twice = (x: Feature<4, 1>) => ({ y: resize(resize(quarter(x), 2, nearest), 1, nearest) })
  const graph = small(twice)
  t.equal(
    text(graph),
    `x                                [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)   [1, 4, 4, 4]  0
%2 = maxPool(%1, 2x2, stride 2)  [1, 4, 2, 2]  1
%3 = resize(%2, x2, nearest)     [1, 4, 4, 4]  resize
%4 = resize(%3, x2, nearest)     [1, 4, 8, 8]  resize
y = %4`,
  )
  const { graph: after, fired } = applied(t, mergeResizes, graph)
  t.equal(fired, 1)
  t.equal(
    text(after),
    `x                                [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)   [1, 4, 4, 4]  0
%2 = maxPool(%1, 2x2, stride 2)  [1, 4, 2, 2]  1
%3 = resize(%2, x4, nearest)     [1, 4, 8, 8]  resize
y = %3`,
  )
  await sameInRuntime(t, mergeResizes, twice)
})

t.test('so is one to the size of another, where sizes are known', (t) => {
  const body = (x: Feature<4, 1>) => {
    const middle = half(x)
    const small = quarter(x)
    return {
      last: resize(resize(small, 2, nearest), x, nearest),
      first: resize(resize(small, middle, nearest), 1, nearest),
    }
  }
  const { graph, fired } = applied(t, mergeResizes, small(body))
  t.equal(fired, 2)
  t.match(text(graph), 'resize(%2, like x, nearest)')
  t.match(text(graph), 'resize(%2, x4, nearest)')
  const open = model('open', image(4), body)
  const any = specialise(open.graph, { batch: 1, height: { multiple: 4 }, width: 8 })
  const { firings, declined } = mergeResizes.run(any)
  t.equal(firings.length, 0)
  t.match(declined[0]?.reason, /^resize is by no whole factor that is known$/)
  t.end()
})

t.test('of one position, any resize of any resize is one', async (t) => {
  const body = (x: Feature<4, 1>) => ({
    y: resize(spread(globalPool(x), half(x)), x, bilinear),
    z: resize(resize(spread(globalPool(x), half(half(x))), 2, bilinear), 1, bilinear),
  })
  const { fired, graph } = applied(t, mergeResizes, small(body))
  t.equal(fired, 3)
  t.equal(text(graph).match(/resize\(/g)?.length, 2)
  await sameInRuntime(t, mergeResizes, body)
})

t.test('resizes stay two, each for its reason', (t) => {
  const reasons = (graph: Graph): readonly string[] => {
    const { declined, fired } = applied(t, mergeResizes, graph)
    t.equal(fired, 0)
    return declined.map(({ reason }) => reason)
  }
  const via = (first: typeof nearest | typeof bilinear, then: typeof nearest | typeof bilinear) =>
    small((x) => ({ y: resize(resize(quarter(x), 2, first), 1, then) }))
  const up = 'resize is bilinear: up4 is not up2 of up2'
  t.same(reasons(via(bilinear, bilinear)), [up])
  t.same(reasons(via(bilinear, nearest)), [up])
  t.same(reasons(via(nearest, bilinear)), [up])
  t.same(
    reasons(small((x) => ({ y: resize(resize(x, 2, nearest), 1, nearest) }))),
    ['resize is by no whole factor that is known'],
    'down and up again: positions between are lost',
  )
  const row = sized(
    model('row', image(4), (x) => {
      const twice = resize(half(quarter(x)), 4, bilinear)
      return { y: resize(twice, 2, bilinear) }
    }),
    8,
    16,
  )
  t.same(reasons(row), [up], 'a row of two is not one position')
  const shared = small((x) => {
    const twice = resize(quarter(x), 2, nearest)
    return { y: resize(twice, 1, nearest), z: relu(twice) }
  })
  t.same(reasons(shared), ['resize before it is read 2 times'])
  const crooked = sized(
    model('crooked', image(4), (x) => ({ y: resize(spread(globalPool(x), x), 1, nearest) })),
    8,
    4,
  )
  t.same(reasons(crooked), ['it would be by 8x4, which is no one factor'])
  t.end()
})

/** A resize costs as many units as it is times as high as what it reads, or as `of` says; nothing else costs. */
function costs(of = (factor: number): number => factor): Costs {
  return {
    source: 'a test',
    unit: 'ns',
    misfit: 0,
    of: (node) => {
      if (node.kind !== 'resize') return 0
      return of((node.type.shape[2] as number) / (node.inputs.input.type.shape[2] as number))
    },
  }
}

const family = (x: Feature<4, 1>) => {
  const least = half(quarter(x))
  return {
    eight: resize(least, 1, nearest),
    four: resize(least, 2, nearest),
    two: resize(least, 4, nearest),
  }
}

t.test('a larger repetition goes on from a smaller, wherever that stands', async (t) => {
  const graph = small(family)
  t.match(text(graph), 'resize(%3, x8, nearest)')
  const { graph: after, fired, declined } = applied(t, splitResizes(costs()), graph)
  t.equal(fired, 2)
  t.same(declined, [])
  t.equal(
    text(after),
    `x                                [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)   [1, 4, 4, 4]  0
%2 = maxPool(%1, 2x2, stride 2)  [1, 4, 2, 2]  1
%3 = maxPool(%2, 2x2, stride 2)  [1, 4, 1, 1]  2
%4 = resize(%3, x2, nearest)     [1, 4, 2, 2]  resize
%5 = resize(%4, x2, nearest)     [1, 4, 4, 4]  resize
%6 = resize(%5, x2, nearest)     [1, 4, 8, 8]  resize
eight = %6
four = %5
two = %4`,
  )
  await sameInRuntime(t, splitResizes(costs()), family)
})

t.test('it begins at the value again where that costs no more, and says what each costs', (t) => {
  const { declined, fired } = applied(t, splitResizes(costs(() => 2000)), small(family))
  t.equal(fired, 0)
  t.same(
    declined.map(({ reason }) => reason),
    new Array(2).fill('it costs 2 µs as it stands, 2 µs so'),
  )
  const dear = splitResizes(costs((factor) => (factor === 2 ? 9 : factor)))
  const { graph, declined: one } = applied(t, dear, small(family))
  t.match(text(graph), 'resize(%4, x4, nearest)     [1, 4, 8, 8]', 'eight from two, by four')
  t.same(one, [{ path: 'resize', reason: 'it costs 4 ns as it stands, 9 ns so' }])
  t.end()
})

t.test('it goes on from what divides it, and not again from what goes on already', (t) => {
  const graph = small((x) => {
    const least = half(quarter(x))
    const two = resize(least, 4, nearest)
    return { two, four: resize(least, 2, nearest), eight: resize(two, 1, nearest) }
  })
  t.equal(applied(t, splitResizes(costs()), graph).fired, 1)
  const { inputs } = graph
  const [input] = inputs as readonly Value[]
  const by = (times: number): Output => ({
    name: `by${times}`,
    value: make(
      'resize',
      { input: input as Value },
      { mode: 'nearest', alignCorners: false, times, over: 1 },
      { path: `by${times}`, place: undefined },
    ),
  })
  const odd = { ...graph, outputs: [2, 3, 6].map(by) }
  const { graph: after, fired } = applied(t, splitResizes(costs()), odd)
  t.equal(fired, 1)
  t.match(text(after), /%2 = resize\(x, x3, nearest\).*\n%3 = resize\(%2, x2, nearest\)/)
  t.end()
})

t.test('bilinear resizes, those to the size of another, and other factors, have no say', (t) => {
  const { fired } = applied(
    t,
    splitResizes(costs()),
    small((x) => {
      const coarse = quarter(x)
      return {
        bilinear: resize(coarse, 1, bilinear),
        like: resize(coarse, x, nearest),
        two: resize(coarse, 2, nearest),
        half: resize(coarse, 8, nearest),
      }
    }),
  )
  t.equal(fired, 0)
  t.end()
})
