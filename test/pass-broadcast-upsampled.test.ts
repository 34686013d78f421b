import t from 'tap'
import type { Costs } from '../src/compiler/costs.js'
import type { Graph } from '../src/compiler/graph.js'
import { specialise } from '../src/compiler/specialise.js'
import {
  add,
  type Feature,
  globalPool,
  image,
  maxPool,
  model,
  parameter,
  relu,
  resize,
  spread,
} from '../src/index.js'
import { broadcastUpsampled } from '../src/passes/broadcast-upsampled.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const nearest = { mode: 'nearest' } as const
const half = (x: Feature<4, 1>) => maxPool(x, { kernel: 2, stride: 2 })

/** A resize costs so much, any other operation 1. */
const costs = (resize: number): Costs => ({
  source: 'a test',
  unit: 'ns',
  misfit: 0,
  of: ({ kind }) => (kind === 'resize' ? resize * 1000 : 1000),
})
const pass = broadcastUpsampled(costs(9))

t.test('a map that is repeated and added is added as often as it would be repeated', async (t) => {
  const body = (x: Feature<4, 1>) => ({ y: add(x, resize(half(x), 1, nearest)) })
  const { graph, fired, declined } = applied(t, pass, small(body, 2))
  t.equal(fired, 1)
  t.same(declined, [])
  t.equal(
    text(graph),
    `x                                        [2, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)           [2, 4, 4, 4]        0
%2 = reshape(%1, [same, 4, 4, 1, 4, 1])  [2, 4, 4, 1, 4, 1]  add
%3 = reshape(x, [same, 4, 4, 2, 4, 2])   [2, 4, 4, 2, 4, 2]  add
%4 = add(%2, %3)                         [2, 4, 4, 2, 4, 2]  add
%5 = reshape(%4, [same, 4, 8, 8])        [2, 4, 8, 8]        add
y = %5`,
  )
  await sameInRuntime(t, pass, body)
})

t.test('of two that are resized, the one that is repeated', (t) => {
  const { fired, declined } = applied(
    t,
    pass,
    small((x) => ({
      y: add(resize(half(x), 1, nearest), resize(half(x), 1, { mode: 'bilinear' })),
    })),
  )
  t.equal(fired, 1)
  t.same(declined, [])
  t.end()
})

t.test('on either side, by another factor for width than for height, and for any batch', (t) => {
  const network = model('any', image(4, { name: 'x' }), (x) => ({
    y: add(resize(half(x), x, nearest), x),
    z: add(spread(globalPool(x), x), x),
  }))
  const { firings, graph } = pass.run(
    specialise(network.graph, { batch: { multiple: 1 }, height: 6, width: 8 }),
  )
  t.equal(firings.length, 2)
  t.match(text(graph), 'reshape(%1, [same, 4, 3, 1, 4, 1])  [batch, 4, 3, 1, 4, 1]')
  t.match(text(graph), /reshape\(x, \[same, 4, 1, 6, 1, 8\]\) +\[batch, 4, 1, 6, 1, 8\]/)
  t.notMatch(text(graph), 'resize')
  t.end()
})

t.test('it stays a resize and an add, each time for its reason', (t) => {
  const reason = (graph: Graph, of = pass): string | undefined => {
    const { fired, declined } = applied(t, of, graph)
    t.equal(fired, 0)
    return declined[0]?.reason
  }
  const plain = small((x) => ({ y: add(x, resize(half(x), 1, nearest)) }))
  t.equal(reason(plain, broadcastUpsampled(costs(3))), 'it costs 4 µs as it stands, 4 µs so')
  const bilinear = small((x) => ({ y: add(x, resize(half(x), 1, { mode: 'bilinear' })) }))
  t.equal(reason(bilinear), 'resize is bilinear')
  const shared = small((x) => {
    const up = resize(half(x), 1, nearest)
    return { y: add(x, up), z: relu(up) }
  })
  t.equal(reason(shared), 'resize is read 2 times')
  const channels = small((x) => ({
    y: add(resize(half(x), 1, nearest), parameter('p', [4, 1, 1])),
  }))
  t.equal(reason(channels), 'it broadcasts already')
  const down = small((x) => ({ y: add(half(x), resize(x, 2, nearest)) }))
  t.equal(reason(down), 'resize is by no whole factor')
  const body = (x: Feature<4, 1>) => ({ y: add(x, resize(half(x), 1, nearest)) })
  const open = specialise(model('open', image(4), body).graph, {
    batch: 1,
    height: { multiple: 2 },
    width: 8,
  })
  t.equal(
    pass.run(open).declined[0]?.reason,
    'the height or width of resize is only known when the network runs',
  )
  t.end()
})
