import t from 'tap'
import type { Costs } from '../src/compiler/costs.js'
import { operationsOf } from '../src/compiler/graph.js'
import type { Value } from '../src/compiler/node.js'
import {
  averagePool,
  conv,
  type Feature,
  globalPool,
  maxPool,
  type Outputs,
  relu,
  resize,
} from '../src/index.js'
import { hoistPointwise } from '../src/passes/hoist-pointwise.js'
import { macs } from './support/costs.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const counted = hoistPointwise(macs)
const nearest = { mode: 'nearest' } as const
const bilinear = { mode: 'bilinear' } as const
const two = { kernel: 2, stride: 2 } as const
const one = { kernel: 1, bias: true, name: 'one' } as const
const half = (x: Feature<4, 1>) => maxPool(x, { ...two, name: 'half' })

t.test('it goes before what makes a map larger, and behind what makes it smaller', async (t) => {
  const net = (x: Feature<4, 1>): Outputs => {
    const up = relu(conv(resize(half(x), x, bilinear), 3, { ...one, name: 'before' }))
    return { y: averagePool(conv(up, 2, { ...one, name: 'behind' }), two) }
  }
  const graph = small(net)
  t.equal(
    text(graph),
    `x                                    [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)       [1, 4, 4, 4]  half
%2 = resize(%1, like x, bilinear)    [1, 4, 8, 8]  resize
%3 = conv(%2, .weight, .bias, 1x1)   [1, 3, 8, 8]  before
%4 = relu(%3)                        [1, 3, 8, 8]  0
%5 = conv(%4, .weight, .bias, 1x1)   [1, 2, 8, 8]  behind
%6 = averagePool(%5, 2x2, stride 2)  [1, 2, 4, 4]  1
y = %6`,
  )
  const { graph: after, declined } = applied(t, counted, graph)
  t.equal(
    text(after),
    `x                                    [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)       [1, 4, 4, 4]  half
%2 = conv(%1, .weight, .bias, 1x1)   [1, 3, 4, 4]  before
%3 = resize(%2, like x, bilinear)    [1, 3, 8, 8]  resize
%4 = relu(%3)                        [1, 3, 8, 8]  0
%5 = averagePool(%4, 2x2, stride 2)  [1, 3, 4, 4]  1
%6 = conv(%5, .weight, .bias, 1x1)   [1, 2, 4, 4]  behind
y = %6`,
  )
  t.same(declined, [], 'of what it made it does not say that the other way round costs more')
  await sameInRuntime(t, counted, net)
})

/** Resizes and averages cost what they make. */
const dearMixing: Costs = {
  source: 'the test',
  unit: 'ns',
  misfit: 0,
  of: (node) => (node.kind === 'conv' ? 1 : 1000 * ((node as Value).type.shape[1] as number)),
}

const fires: Readonly<
  Record<
    string,
    readonly [body: (x: Feature<4, 1>) => Outputs, kinds: readonly string[], costs?: Costs]
  >
> = {
  'through several in a row': [
    (x) => ({ y: conv(resize(resize(maxPool(half(x), two), 2, nearest), x, bilinear), 3, one) }),
    ['pool', 'pool', 'conv', 'resize', 'resize'],
  ],
  'with groups': [
    (x) => ({ y: conv(resize(half(x), x, nearest), 2, { ...one, groups: 2 }) }),
    ['pool', 'conv', 'resize'],
  ],
  'behind the average of a whole map': [
    (x) => ({ y: globalPool(conv(x, 3, one)) }),
    ['globalPool', 'conv', 'reshape'],
  ],
  'behind a resize that makes a map smaller': [
    (x) => {
      const small = half(x)
      return { y: resize(conv(x, 3, one), small, bilinear) }
    },
    ['pool', 'resize', 'conv'],
  ],
  'behind an average that counts zeros, without a bias': [
    (x) => {
      const narrow = conv(x, 3, { kernel: 1 })
      return { y: averagePool(narrow, { kernel: 3, stride: 2, countPadding: true }) }
    },
    ['pool', 'conv'],
  ],
  'before an average, where fewer channels are averaged so': [
    (x) => ({ y: conv(averagePool(x, two), 2, one) }),
    ['conv', 'pool'],
    dearMixing,
  ],
  'behind a resize, where fewer channels are resized so': [
    (x) => ({ y: resize(conv(half(x), 8, one), x, nearest) }),
    ['pool', 'resize', 'conv'],
    dearMixing,
  ],
}

t.test('in both directions, to where it costs least', async (t) => {
  for (const [name, [body, kinds, costs = macs]] of Object.entries(fires)) {
    const pass = hoistPointwise(costs)
    const { graph, declined } = applied(t, pass, small(body))
    t.same(
      operationsOf(graph).map(({ kind }) => kind),
      kinds,
      name,
    )
    t.same(declined, [], name)
    await sameInRuntime(t, pass, body)
  }
})

const stays: Readonly<
  Record<string, readonly [body: (x: Feature<4, 1>) => Outputs, path: string, reason: string]>
> = {
  'it costs more': [
    (x) => ({ y: conv(averagePool(x, two), 3, one) }),
    'one',
    'it costs 192 MACs as it stands, 768 MACs so',
  ],
  'it costs as much': [
    (x) => ({ y: averagePool(conv(x, 3, one), { kernel: 3, stride: 1 }) }),
    '0',
    'it costs 768 MACs as it stands, 768 MACs so',
  ],
  'what it would pass is read elsewhere': [
    (x) => {
      const up = resize(half(x), x, nearest)
      return { y: conv(up, 3, one), z: relu(up) }
    },
    'one',
    'resize before it is read 2 times, not by it alone',
  ],
  'what an average would pass is read elsewhere': [
    (x) => {
      const y = conv(x, 3, one)
      return { y: averagePool(y, { ...two, name: 'average' }), z: relu(y) }
    },
    'average',
    'one before it is read 2 times, not by it alone',
  ],
  'a maximum behind it': [
    (x) => ({ y: maxPool(conv(x, 3, one), { ...two, name: 'max' }) }),
    'max',
    'max takes maxima, which are not linear',
  ],
  'a maximum before it': [
    (x) => ({ y: conv(maxPool(x, { ...two, name: 'max' }), 3, one) }),
    'one',
    'max takes maxima, which are not linear',
  ],
  'zeros that are counted, and a bias': [
    (x) => ({
      y: averagePool(conv(x, 3, one), {
        kernel: 3,
        stride: 2,
        countPadding: true,
        name: 'average',
      }),
    }),
    'average',
    'average counts the zeros of its padding, which have no bias',
  ],
}

t.test('it stays, and says why', (t) => {
  for (const [name, [body, path, reason]] of Object.entries(stays)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, counted, graph)
    t.equal(after, graph, name)
    t.same(declined, [{ path, reason }], name)
  }
  t.end()
})

const unasked: Readonly<Record<string, (x: Feature<4, 1>) => Outputs>> = {
  'a kernel of 3': (x) => ({ y: conv(resize(half(x), x, nearest), 3, { kernel: 3 }) }),
  'a stride': (x) => ({ y: conv(resize(half(x), x, nearest), 3, { kernel: 1, stride: 2 }) }),
  'an activation between': (x) => ({ y: conv(relu(resize(half(x), x, nearest)), 3, one) }),
}

t.test('it has no say in other convolutions, or through what is not linear', (t) => {
  for (const [name, body] of Object.entries(unasked)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, counted, graph)
    t.equal(after, graph, name)
    t.same(declined, [], name)
  }
  t.end()
})
