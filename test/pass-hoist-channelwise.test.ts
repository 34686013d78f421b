import t from 'tap'
import { operationsOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { Node, NodeOf, Value } from '../src/compiler/node.js'
import { rewrite } from '../src/compiler/rewrite.js'
import { Feature as Pooled } from '../src/dsl/feature.js'
import {
  add,
  averagePool,
  batchNorm,
  concat,
  conv,
  type Feature,
  globalPool,
  image,
  maxPool,
  model,
  multiply,
  type Outputs,
  parameter,
  relu,
  resize,
} from '../src/index.js'
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { foldChannelwise } from '../src/passes/fold-channelwise.js'
import { hoistChannelwise } from '../src/passes/hoist-channelwise.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const two = { kernel: 2, stride: 2 } as const
const half = (x: Feature<4, 1>) => maxPool(x, { ...two, name: 'half' })
const layer = (x: Feature<4, 1>) => conv(x, 4, { kernel: 1, bias: true, name: 'layer' })
const shifted = <F extends Feature<4>>(x: F, name = 'shift') =>
  add(x as Feature<4, 1>, parameter(name, [4, 1, 1])) as F
const scaled = <F extends Feature<4>>(x: F, name = 'factor') =>
  multiply(x as Feature<4, 1>, parameter(name, [4, 1, 1])) as F
const norm = <F extends Feature<4>>(x: F, name = 'norm') => batchNorm(x, { name }) as F

t.test('a norm of a concat is one of each part, before it is resized', async (t) => {
  const net = (x: Feature<4, 1>): Outputs => {
    const joined = concat(layer(x), resize(half(x), x, { mode: 'bilinear' }))
    return { y: relu(batchNorm(joined, { name: 'norm' })) }
  }
  const graph = small(net)
  t.equal(
    text(graph),
    `x                                  [1, 4, 8, 8]
%1 = conv(x, .weight, .bias, 1x1)  [1, 4, 8, 8]  layer
%2 = maxPool(x, 2x2, stride 2)     [1, 4, 4, 4]  half
%3 = resize(%2, like x, bilinear)  [1, 4, 8, 8]  resize
%4 = concat(%1, %3)                [1, 8, 8, 8]  concat
%5 = batchNorm(%4, .*)             [1, 8, 8, 8]  norm
%6 = relu(%5)                      [1, 8, 8, 8]  0
y = %6`,
  )
  t.equal(
    text(applied(t, hoistChannelwise, graph).graph),
    `x                                   [1, 4, 8, 8]
%1 = conv(x, .weight, .bias, 1x1)   [1, 4, 8, 8]  layer
%2 = batchNorm(%1, $1, $2, $3, $4)  [1, 4, 8, 8]  norm
%3 = maxPool(x, 2x2, stride 2)      [1, 4, 4, 4]  half
%4 = batchNorm(%3, $5, $6, $7, $8)  [1, 4, 4, 4]  norm
%5 = resize(%4, like x, bilinear)   [1, 4, 8, 8]  resize
%6 = concat(%2, %5)                 [1, 8, 8, 8]  concat
%7 = relu(%6)                       [1, 8, 8, 8]  0
y = %7
$1 = split(.weight, 4 + 4, axis 0).0        [4]  norm.part
$2 = split(.bias, 4 + 4, axis 0).0          [4]  norm.part
$3 = split(.running_mean, 4 + 4, axis 0).0  [4]  norm.part
$4 = split(.running_var, 4 + 4, axis 0).0   [4]  norm.part
$5 = split(.weight, 4 + 4, axis 0).1        [4]  norm.part
$6 = split(.bias, 4 + 4, axis 0).1          [4]  norm.part
$7 = split(.running_mean, 4 + 4, axis 0).1  [4]  norm.part
$8 = split(.running_var, 4 + 4, axis 0).1   [4]  norm.part`,
  )
  await sameInRuntime(t, hoistChannelwise, net)
})

const fires: Readonly<Record<string, (x: Feature<4, 1>) => Outputs>> = {
  'a product through nearest and bilinear resizes in a row': (x) => ({
    y: scaled(
      resize(resize(maxPool(half(x), two), 2, { mode: 'nearest' }), x, { mode: 'bilinear' }),
    ),
  }),
  'a sum through a maximum': (x) => ({ y: shifted(maxPool(layer(x), two)) }),
  'a norm through an average that does not count its padding': (x) => ({
    y: norm(averagePool(layer(x), { kernel: 3, stride: 2 })),
  }),
  'a product through an average that does': (x) => ({
    y: scaled(averagePool(layer(x), { kernel: 3, stride: 2, countPadding: true })),
  }),
  'a product of an average for each map': (x) => {
    const { value } = layer(x)
    const pooled = make('globalPool', { input: value }, { operator: 'average' }, value.origin)
    return { y: scaled(new Pooled(pooled, 4, 1, x.trace)) }
  },
}

t.test('through what mixes positions or puts channels together', async (t) => {
  for (const [name, body] of Object.entries(fires)) {
    const { fired } = applied(t, hoistChannelwise, small(body, 2))
    t.equal(fired, 1, name)
    await sameInRuntime(t, hoistChannelwise, body)
  }
})

t.test('of a concat along another axis each part gets all constants', (t) => {
  const graph = small((x) => ({
    up: resize(half(x), x, { mode: 'nearest' }),
    flat: layer(x),
    sum: shifted(relu(x)),
  }))
  const [up, flat, sum] = graph.outputs.map(({ value }) => value) as [Value, Value, NodeOf<'add'>]
  const left = make('concat', { parts: [up, flat] }, { axis: 2 }, up.origin)
  const value = make('add', { ...sum.inputs, left }, {}, sum.origin)
  const { graph: after } = applied(t, hoistChannelwise, {
    ...graph,
    outputs: [{ name: 'y', value }],
  })
  t.equal(
    text(after),
    `x                                  [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)     [1, 4, 4, 4]   half
%2 = add(%1, shift)                [1, 4, 4, 4]   add
%3 = resize(%2, like x, nearest)   [1, 4, 8, 8]   resize
%4 = conv(x, .weight, .bias, 1x1)  [1, 4, 8, 8]   layer
%5 = add(%4, shift)                [1, 4, 8, 8]   add
%6 = concat(%3, %5, axis 2)        [1, 4, 16, 8]  resize
y = %6`,
  )
  t.end()
})

type Chain = readonly ((x: Feature<4, 1>) => Feature<4, 1>)[]
const pooled = (chain: Chain) => (x: Feature<4, 1>) => ({
  y: chain.reduce((y, f) => f(y), layer(x)),
})
const average = (x: Feature<4, 1>) => averagePool(x, two) as unknown as Feature<4, 1>

/** What stands behind a layer, and moves through an average to where that layer takes it in. */
const takenIn: Readonly<Record<string, Chain>> = {
  'a norm': [average, norm],
  'a norm behind a norm': [norm, average, (x) => norm(x, 'other')],
  'a sum behind norms, sums and products': [norm, shifted, scaled, average, (x) => shifted(x, 's')],
}

t.test('a layer takes in what is moved behind it, with what stands between', (t) => {
  for (const [name, chain] of Object.entries(takenIn)) {
    const { graph, fired } = applied(t, hoistChannelwise, small(pooled(chain)))
    t.equal(fired, 1, name)
    const rest = foldChannelwise.run(foldBatchNorm.run(graph).graph).graph
    t.same(
      operationsOf(rest).map(({ kind }) => kind),
      ['conv', 'pool'],
      name,
    )
  }
  t.end()
})

const more = 'it touches 64 elements behind 0, and would touch 256 before'
const stays: Readonly<
  Record<string, readonly [body: (x: Feature<4, 1>) => Outputs, path: string, reason: string]>
> = {
  'it would touch more elements': [(x) => ({ y: shifted(averagePool(x, two)) }), 'add', more],
  'a layer takes in no norm behind a sum': [pooled([shifted, average, norm]), 'norm', more],
  'nor what stands behind such a norm': [
    pooled([shifted, norm, average, scaled]),
    'multiply',
    more,
  ],
  'nor what stands behind an activation': [
    pooled([(x) => relu(x, { name: 'relu' }), average, norm]),
    'norm',
    more,
  ],
  'a layer that is read elsewhere takes in nothing': [
    (x) => {
      const y = layer(x)
      return { y: norm(averagePool(y, two)), z: relu(y) }
    },
    'norm',
    more,
  ],
  'what it would pass is read elsewhere': [
    (x) => {
      const up = resize(half(x), x, { mode: 'nearest' })
      return { y: shifted(up), z: relu(up) }
    },
    'add',
    'resize before it is read 2 times, not by it alone',
  ],
  'a maximum, and a factor': [
    (x) => ({ y: scaled(maxPool(layer(x), { ...two, name: 'max' })) }),
    'multiply',
    'max before it takes maxima, which turn with a factor below zero',
  ],
  'zeros that are counted, and an offset': [
    (x) => ({
      y: norm(averagePool(layer(x), { kernel: 3, stride: 2, countPadding: true, name: 'average' })),
    }),
    'norm',
    'average before it counts the zeros of its padding, which have no offset',
  ],
}

t.test('it stays, and says why', (t) => {
  for (const [name, [body, path, reason]] of Object.entries(stays)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, hoistChannelwise, graph)
    t.equal(after, graph, name)
    t.same(declined, [{ path, reason }], name)
  }
  t.end()
})

t.test('a layer whose weight is computed from the input takes in nothing', (t) => {
  const graph = small(pooled([average, norm]))
  const computedWeight = (node: Node): Node | undefined => {
    if (node.kind !== 'conv' || node.inputs.weight.kind === 'identity') return undefined
    const weight = make('identity', { input: node.inputs.weight }, {}, node.origin)
    return make('conv', { ...node.inputs, weight }, node.attributes, node.origin)
  }
  const { declined } = applied(t, hoistChannelwise, rewrite(graph, computedWeight).graph)
  t.same(declined, [{ path: 'norm', reason: more }])
  t.end()
})

t.test('of open sides it is known alone that a layer takes it in', (t) => {
  const open = (body: (x: Feature<4, 1>) => Outputs) =>
    hoistChannelwise.run(model('open', image(4, { name: 'x' }), body).graph)
  t.equal(open(pooled([average, norm])).firings.length, 1)
  t.same(open((x) => ({ y: shifted(resize(half(x), x, { mode: 'nearest' })) })).declined, [
    {
      path: 'add',
      reason: 'whether it would touch fewer elements before resize is open, as sides are',
    },
  ])
  t.end()
})

t.test('it has no say in one number for all channels, or what is computed from the input', (t) => {
  for (const body of [
    (x: Feature<4, 1>) => ({
      y: multiply(resize(half(x), x, { mode: 'nearest' }), parameter('factor', [1])),
    }),
    (x: Feature<4, 1>) => ({ y: multiply(resize(half(x), x, { mode: 'nearest' }), globalPool(x)) }),
    (x: Feature<4, 1>) => ({ y: norm(relu(x)) }),
  ]) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, hoistChannelwise, graph)
    t.equal(after, graph)
    t.same(declined, [])
  }
  t.end()
})
