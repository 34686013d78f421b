import t from 'tap'
import type { Costs } from '../src/compiler/costs.js'
import type { Output } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { NodeOf } from '../src/compiler/node.js'
import {
  concat,
  conv,
  type Feature,
  maxPool,
  type Outputs,
  relu,
  resize,
  upsampleConcat,
} from '../src/index.js'
import { splitHead } from '../src/passes/split-head.js'
import { macs } from './support/costs.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const counted = splitHead(macs)
const bilinear = { mode: 'bilinear' } as const
const nearest = { mode: 'nearest' } as const
const half = (x: Feature<4, 1>, name = 'half') => conv(x, 3, { kernel: 3, stride: 2, name })
const quarter = (x: Feature<4, 1>, name = 'quarter') => conv(x, 2, { kernel: 3, stride: 4, name })
const head = (x: Feature<number, 1>) => conv(x, 2, { kernel: 1, bias: true, name: 'head' })

t.test('a 1x1 convolution over a concat of upsampled maps is computed on each first', async (t) => {
  const net = (x: Feature<4, 1>): Outputs => ({
    y: relu(head(upsampleConcat([x, half(x), quarter(x)]))),
  })
  const graph = small(net)
  t.equal(
    text(graph),
    `x                                                [1, 4, 8, 8]
%1 = conv(x, .weight, 3x3, stride 2, padding 1)  [1, 3, 4, 4]  half
%2 = resize(%1, like x, bilinear)                [1, 3, 8, 8]  resize
%3 = conv(x, .weight, 3x3, stride 4, padding 1)  [1, 2, 2, 2]  quarter
%4 = resize(%3, like x, bilinear)                [1, 2, 8, 8]  resize
%5 = concat(x, %2, %4)                           [1, 9, 8, 8]  concat
%6 = conv(%5, .weight, .bias, 1x1)               [1, 2, 8, 8]  head
%7 = relu(%6)                                    [1, 2, 8, 8]  0
y = %7`,
  )
  t.equal(
    text(applied(t, counted, graph).graph),
    `x                                                [1, 4, 8, 8]
%1 = conv(x, .weight, 3x3, stride 2, padding 1)  [1, 3, 4, 4]  half
%2 = conv(%1, $1, 1x1)                           [1, 2, 4, 4]  head
%3 = resize(%2, like x, bilinear)                [1, 2, 8, 8]  resize
%4 = conv(x, .weight, 3x3, stride 4, padding 1)  [1, 2, 2, 2]  quarter
%5 = conv(%4, $2, 1x1)                           [1, 2, 2, 2]  head
%6 = resize(%5, like x, bilinear)                [1, 2, 8, 8]  resize
%7 = add(%3, %6)                                 [1, 2, 8, 8]  head
%8 = conv(x, $3, .bias, 1x1)                     [1, 2, 8, 8]  head
%9 = add(%7, %8)                                 [1, 2, 8, 8]  head
%10 = relu(%9)                                   [1, 2, 8, 8]  0
y = %10
$1 = split(.weight, 4 + 3 + 2).1  [2, 3, 1, 1]  head.weight
$2 = split(.weight, 4 + 3 + 2).2  [2, 2, 1, 1]  head.weight
$3 = split(.weight, 4 + 3 + 2).0  [2, 4, 1, 1]  head.weight`,
    'the convolution at full size, and the bias with it, comes last',
  )
  await sameInRuntime(t, counted, net)
})

t.test(
  'what is resized alike stays together, and concats within the concat are looked through',
  (t) => {
    const graph = small((x) => {
      const [a, b] = [resize(half(x, 'a'), x, bilinear), resize(half(x, 'b'), x, bilinear)]
      return { y: head(concat(concat(a, x), b)) }
    })
    t.equal(
      text(applied(t, counted, graph).graph),
      `x                                                [1, 4, 8, 8]
%1 = conv(x, .weight, 3x3, stride 2, padding 1)  [1, 3, 4, 4]  a
%2 = conv(x, .weight, 3x3, stride 2, padding 1)  [1, 3, 4, 4]  b
%3 = concat(%1, %2)                              [1, 6, 4, 4]  concat
%4 = conv(%3, $3, 1x1)                           [1, 2, 4, 4]  head
%5 = resize(%4, like x, bilinear)                [1, 2, 8, 8]  resize
%6 = conv(x, $4, .bias, 1x1)                     [1, 2, 8, 8]  head
%7 = add(%5, %6)                                 [1, 2, 8, 8]  head
y = %7
$1 = split(.weight, 3 + 4 + 3).0  [2, 3, 1, 1]  head.weight
$2 = split(.weight, 3 + 4 + 3).2  [2, 3, 1, 1]  head.weight
$3 = concat($1, $2)               [2, 6, 1, 1]  head.weight
$4 = split(.weight, 3 + 4 + 3).1  [2, 4, 1, 1]  head.weight`,
    )
    t.end()
  },
)

const fires: Readonly<Record<string, (x: Feature<4, 1>) => Outputs>> = {
  nearest: (x) => ({ y: head(concat(x, resize(half(x), x, nearest))) }),
  'corners aligned': (x) => ({
    y: head(concat(x, resize(half(x), x, { mode: 'bilinear', alignCorners: true }))),
  }),
  'by a ratio': (x) => ({ y: head(concat(x, resize(half(x), 1, bilinear))) }),
  'no part of full size': (x) => ({
    y: head(concat(resize(half(x), x, nearest), resize(quarter(x), x, bilinear))),
  }),
  'alike in size, not in mode': (x) => ({
    y: head(concat(x, resize(half(x, 'a'), x, nearest), resize(half(x, 'b'), x, bilinear))),
  }),
  'no bias': (x) => ({ y: conv(concat(x, resize(half(x), x, nearest)), 2, { kernel: 1 }) }),
  'a batch of 2, and two heads on one weight': (x) => ({
    y: head(concat(x, resize(half(x), x, nearest))),
    z: conv(concat(x, resize(quarter(x), x, nearest)), 2, { kernel: 1, name: 'other' }),
  }),
}

t.test('whatever the resize is, and however it is told its size', async (t) => {
  for (const [name, body] of Object.entries(fires)) {
    const { fired } = applied(t, counted, small(body, 2))
    t.equal(fired, name.includes('two heads') ? 2 : 1, name)
    await sameInRuntime(t, counted, body)
  }
})

/** Sums and resizes cost what they make. */
const dear: Costs = {
  source: 'the test',
  unit: 'ns',
  misfit: 0,
  of: (node) =>
    node.kind === 'resize' || node.kind === 'add'
      ? 1000 * (node.type.shape[1] as number)
      : macs.of(node),
}

t.test('each part goes where it costs least', (t) => {
  const graph = small((x) => {
    const wide = conv(x, 40, { kernel: 3, stride: 2, name: 'wide' })
    return { y: head(concat(x, resize(wide, x, bilinear), resize(quarter(x), x, bilinear))) }
  })
  const { graph: after } = applied(t, splitHead(dear), graph)
  t.match(text(after), /concat\(x, %\d+\) +\[1, 6, 8, 8\]/, 'the narrow one stays')
  t.match(text(after), /\[1, 2, 4, 4\] +head\n/, 'the wide one is computed first')
  t.end()
})

const stays: Readonly<
  Record<string, readonly [body: (x: Feature<4, 1>) => Outputs, reason: string]>
> = {
  'a kernel of 3': [
    (x) => ({ y: conv(upsampleConcat([x, half(x)]), 2, { kernel: 3, name: 'head' }) }),
    'its kernel is 3x3, not 1x1',
  ],
  'a stride': [
    (x) => ({ y: conv(upsampleConcat([x, half(x)]), 2, { kernel: 1, stride: 2, name: 'head' }) }),
    'its stride is 2x2',
  ],
  groups: [
    (x) => ({
      y: conv(concat(x, resize(conv(x, 4, { kernel: 3, stride: 2 }), x, nearest)), 2, {
        kernel: 1,
        groups: 2,
        name: 'head',
      }),
    }),
    'it has 2 groups',
  ],
  'a concat that is read elsewhere': [
    (x) => {
      const all = upsampleConcat([x, half(x)])
      return { y: head(all), z: relu(all) }
    },
    'the concat before it is read 2 times: it would be computed all the same',
  ],
  'a resize to fewer positions': [
    (x) => {
      const small = maxPool(x, { kernel: 2, stride: 2 })
      return { y: conv(concat(small, resize(x, small, nearest)), 2, { kernel: 1, name: 'head' }) }
    },
    'it costs 256 MACs as it stands, 640 MACs so',
  ],
}

t.test('it stays, and says why', (t) => {
  for (const [name, [body, reason]] of Object.entries(stays)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, counted, graph)
    t.equal(after, graph, name)
    t.same(declined, [{ path: 'head', reason }], name)
  }
  t.end()
})

t.test('a weight that is computed from the input stays whole', (t) => {
  const graph = small((x) => ({ y: head(upsampleConcat([x, half(x)])) }))
  const [output] = graph.outputs as readonly [Output]
  const { inputs, attributes, origin } = output.value as NodeOf<'conv'>
  const weight = make('identity', { input: inputs.weight }, {}, origin)
  const value = make('conv', { ...inputs, weight }, attributes, origin)
  const { declined } = applied(t, counted, { ...graph, outputs: [{ name: 'y', value }] })
  t.same(declined, [{ path: 'head', reason: 'its weight is computed from the input' }])
  t.end()
})

t.test('it has no say where nothing is resized, or what is resized is read elsewhere too', (t) => {
  const plain = small((x) => ({ y: head(concat(x, relu(x))) }))
  const shared = small((x) => {
    const up = resize(half(x), x, nearest)
    return { y: head(concat(x, up)), z: relu(up) }
  })
  for (const graph of [plain, shared]) {
    const { graph: after, declined } = applied(t, counted, graph)
    t.equal(after, graph)
    t.same(declined, [])
  }
  t.end()
})
