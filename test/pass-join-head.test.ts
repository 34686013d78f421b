import t from 'tap'
import type { Costs } from '../src/compiler/costs.js'
import {
  add,
  concat,
  conv,
  type Feature,
  maxPool,
  type Outputs,
  relu,
  resize,
  upsampleConcat,
} from '../src/index.js'
import { joinHead } from '../src/passes/join-head.js'
import { splitHead } from '../src/passes/split-head.js'
import { macs } from './support/costs.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const counted = joinHead(macs)
const nearest = { mode: 'nearest' } as const
const bilinear = { mode: 'bilinear' } as const
const one = { kernel: 1, bias: true } as const
const half = (x: Feature<4, 1>) => maxPool(x, { kernel: 2, stride: 2 }) as Feature<4, 2>

/** Sums cost what they add up. */
const dearSums: Costs = {
  source: 'the test',
  unit: 'ns',
  misfit: 0,
  of: (node) => (node.kind === 'add' ? 1000 : macs.of(node)),
}

t.test('convolutions of what is made smaller are one convolution behind the resizes', async (t) => {
  const net = (x: Feature<4, 1>): Outputs => {
    const fine = conv(x, 3, { ...one, name: 'fine' })
    const low = half(x)
    const coarse = conv(low, 3, { ...one, name: 'coarse' })
    return { y: relu(add(resize(fine, low, bilinear), coarse)) }
  }
  const graph = small(net)
  t.equal(
    text(graph),
    `x                                   [1, 4, 8, 8]
%1 = conv(x, .weight, .bias, 1x1)   [1, 3, 8, 8]  fine
%2 = maxPool(x, 2x2, stride 2)      [1, 4, 4, 4]  0
%3 = resize(%1, like %2, bilinear)  [1, 3, 4, 4]  resize
%4 = conv(%2, .weight, .bias, 1x1)  [1, 3, 4, 4]  coarse
%5 = add(%3, %4)                    [1, 3, 4, 4]  add
%6 = relu(%5)                       [1, 3, 4, 4]  1
y = %6`,
  )
  t.equal(
    text(applied(t, counted, graph).graph),
    `x                                  [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)     [1, 4, 4, 4]  0
%2 = resize(x, like %1, bilinear)  [1, 4, 4, 4]  resize
%3 = concat(%2, %1)                [1, 8, 4, 4]  fine.concat
%4 = conv(%3, $1, $2, 1x1)         [1, 3, 4, 4]  fine
%5 = relu(%4)                      [1, 3, 4, 4]  1
y = %5
$1 = concat(.weight, coarse.weight)  [3, 8, 1, 1]  fine.weight
$2 = add(.bias, coarse.bias)         [3]           fine.bias`,
    'biases are summed, weights stand side by side',
  )
  await sameInRuntime(t, counted, net)
})

t.test(
  'where sums are dear, any convolutions of a sum; what else is summed comes first',
  async (t) => {
    const net = (x: Feature<4, 1>): Outputs => {
      const [a, b] = [
        conv(x, 4, { kernel: 1, name: 'a' }),
        conv(concat(x, relu(x)), 4, { ...one, name: 'b' }),
      ]
      return { y: add(add(a, x), add(b, relu(x))) }
    }
    t.equal(
      text(applied(t, joinHead(dearSums), small(net)).graph),
      `x                               [1, 4, 8, 8]
%1 = relu(x)                    [1, 4, 8, 8]   1
%2 = add(x, %1)                 [1, 4, 8, 8]   add
%3 = relu(x)                    [1, 4, 8, 8]   0
%4 = concat(x, x, %3)           [1, 12, 8, 8]  a.concat
%5 = conv(%4, $1, b.bias, 1x1)  [1, 4, 8, 8]   a
%6 = add(%2, %5)                [1, 4, 8, 8]   add
y = %6
$1 = concat(.weight, b.weight)  [4, 12, 1, 1]  a.weight`,
    )
    await sameInRuntime(t, joinHead(dearSums), net)
  },
)

t.test('a gain no larger than what costs are off by is none', (t) => {
  const graph = small((x) => ({ y: add(conv(x, 3, one), conv(relu(x), 3, one)) }))
  const off = (misfit: number): Costs => ({ ...dearSums, misfit })
  t.equal(applied(t, joinHead(off(0.3)), graph).fired, 1)
  t.match(applied(t, joinHead(off(0.5)), graph).declined, [
    {
      reason:
        'it costs 2.536 µs as it stands, 1.536 µs so, and costs are off by 50 % in the middle',
    },
  ])
  t.end()
})

t.test('what split-head did is undone', (t) => {
  const dearTerms: Costs = {
    source: 'the test',
    unit: 'ns',
    misfit: 0,
    of: (node) => (node.kind === 'add' || node.kind === 'conv' ? 1000 : 0),
  }
  const graph = small((x) => ({
    y: conv(upsampleConcat([x, half(x)], bilinear), 2, { ...one, name: 'head' }),
  }))
  const split = splitHead(macs).run(graph).graph
  t.match(text(split), /add/)
  const { graph: after, fired } = applied(t, joinHead(dearTerms), split)
  t.equal(fired, 1)
  t.notMatch(text(after), /add/)
  t.end()
})

t.test('of a sum that it made it does not say that more of it in one costs more', async (t) => {
  const net = (x: Feature<4, 1>): Outputs => {
    const low = half(x)
    const fine = resize(conv(x, 3, { ...one, name: 'fine' }), low, bilinear)
    const coarse = conv(maxPool(low, { kernel: 2, stride: 2 }), 3, { ...one, name: 'coarse' })
    return { y: add(conv(low, 3, { ...one, name: 'low' }), resize(coarse, low, nearest), fine) }
  }
  const { graph, fired, declined } = applied(t, counted, small(net))
  t.equal(fired, 1)
  t.match(text(graph), /add\(/, 'the coarse one is added')
  t.same(declined, [])
  await sameInRuntime(t, counted, net)
})

const stays: Readonly<
  Record<string, readonly [body: (x: Feature<4, 1>) => Outputs, reason?: string]>
> = {
  'no sum is saved that costs anything': [
    (x) => ({ y: add(conv(x, 3, one), conv(relu(x), 3, one)) }),
    'it costs 1.536 kMACs as it stands, 1.536 kMACs so',
  ],
  'what is upsampled is computed before': [
    (x) => ({ y: add(conv(x, 3, one), resize(conv(half(x), 3, one), x, nearest)) }),
    'it costs 960 MACs as it stands, 1.536 kMACs so',
  ],
  'a convolution is read elsewhere': [
    (x) => {
      const a = conv(x, 3, one)
      return { y: add(a, conv(relu(x), 3, one)), z: relu(a) }
    },
  ],
  'a kernel is 3x3': [(x) => ({ y: add(conv(x, 3, one), conv(x, 3, { kernel: 3 })) })],
  'one convolution, twice': [
    (x) => {
      const a = conv(x, 3, one)
      return { y: add(a, a) }
    },
  ],
}

t.test('it stays, and says why where it could', (t) => {
  for (const [name, [body, reason]] of Object.entries(stays)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, counted, graph)
    t.equal(after, graph, name)
    t.same(declined, reason ? [{ path: 'add', reason }] : [], name)
  }
  t.end()
})
