import t from 'tap'
import { nodesOf, operationsOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import { rewrite } from '../src/compiler/rewrite.js'
import { Vector } from '../src/dsl/feature.js'
import {
  add,
  conv,
  convTranspose,
  type Feature,
  globalPool,
  linear,
  multiply,
  type Outputs,
  parameter,
  relu,
  shared,
} from '../src/index.js'
import { foldChannelwise } from '../src/passes/fold-channelwise.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const layer = (x: Feature<4, 1>) => conv(x, 4, { kernel: 3, bias: true, name: 'layer' })
const scaled = (x: Feature<4, 1>) => multiply(x, parameter('factor', [4, 1, 1]))
const shifted = (x: Feature<4, 1>) => add(x, parameter('shift', [1, 4, 1, 1]))

t.test('a factor and an offset of each channel go into the weights before them', async (t) => {
  const net = (x: Feature<4, 1>): Outputs => ({ y: relu(shifted(scaled(layer(x)))) })
  const graph = small(net)
  t.equal(
    text(graph),
    `x                                             [1, 4, 8, 8]
%1 = conv(x, .weight, .bias, 3x3, padding 1)  [1, 4, 8, 8]  layer
%2 = multiply(%1, factor)                     [1, 4, 8, 8]  multiply
%3 = add(%2, shift)                           [1, 4, 8, 8]  add
%4 = relu(%3)                                 [1, 4, 8, 8]  0
y = %4`,
  )
  t.equal(
    text(applied(t, foldChannelwise, graph).graph),
    `x                                     [1, 4, 8, 8]
%1 = conv(x, $2, $5, 3x3, padding 1)  [1, 4, 8, 8]  layer
%2 = relu(%1)                         [1, 4, 8, 8]  0
y = %2
$1 = reshape(factor, [4])        [4]           multiply
$2 = scaleChannels(.weight, $1)  [4, 4, 3, 3]  layer.weight
$3 = multiply(.bias, $1)         [4]           layer.bias
$4 = reshape(shift, [4])         [4]           add
$5 = add($3, $4)                 [4]           layer.bias`,
  )
  await sameInRuntime(t, foldChannelwise, net)
})

const fires: Readonly<Record<string, (x: Feature<4, 1>) => Outputs>> = {
  'a factor where there is no bias': (x) => ({ y: scaled(conv(x, 4, { kernel: 1 })) }),
  'an offset where there is no bias': (x) => ({ y: shifted(conv(x, 4, { kernel: 1 })) }),
  groups: (x) => ({ y: shifted(scaled(conv(x, 4, { kernel: 3, groups: 2, bias: true }))) }),
  transposed: (x) => {
    const half = conv(relu(x), 4, { kernel: 3, stride: 2, name: 'half' })
    const up = convTranspose(half, 4, { kernel: 4, stride: 2, groups: 2, bias: true })
    return { y: shifted(scaled(up)) }
  },
  linear: (x) => {
    const { value: left } = linear(globalPool(x), 4)
    const { value: right } = parameter('factor', [4])
    const product = make('multiply', { left, right }, {}, { path: 'product', place: undefined })
    return { y: new Vector(product, 4, x.trace) }
  },
}

t.test('into any weights, with a bias or without', async (t) => {
  for (const [name, body] of Object.entries(fires)) {
    const { graph } = applied(t, foldChannelwise, small(body, 2))
    t.notMatch(
      operationsOf(graph)
        .map(({ kind }) => kind)
        .join(),
      /add|multiply/,
      name,
    )
    await sameInRuntime(t, foldChannelwise, body)
  }
})

t.test('layers that share their weights share what is derived', (t) => {
  const graph = small((x) => {
    const unit = (from: Feature<4, 1>) => shared('unit', () => scaled(layer(from)))
    return { y: unit(relu(unit(x))) }
  })
  const { graph: after, fired } = applied(t, foldChannelwise, graph)
  t.equal(fired, 2)
  t.equal(nodesOf(after).filter(({ kind }) => kind === 'derived').length, 3)
  t.end()
})

const readTwice = (x: Feature<4, 1>) => {
  const y = layer(x)
  return { y: scaled(y), z: relu(y) }
}

t.test('it stays where a layer is read elsewhere, or its weights are computed', (t) => {
  const { declined } = applied(t, foldChannelwise, small(readTwice))
  t.same(declined, [
    {
      path: 'multiply',
      reason: 'layer before it is read 2 times: folded, it would be computed twice',
    },
  ])
  for (const part of ['weight', 'bias'] as const) {
    const { graph } = rewrite(
      small((x) => ({ y: scaled(layer(x)) })),
      (node) => {
        const input = node.kind === 'conv' ? node.inputs[part] : undefined
        if (node.kind !== 'conv' || !input || input.kind === 'identity') return undefined
        const inputs = { ...node.inputs, [part]: make('identity', { input }, {}, node.origin) }
        return make('conv', inputs, node.attributes, node.origin)
      },
    )
    const { graph: after, declined } = applied(t, foldChannelwise, graph)
    t.equal(after, graph, part)
    t.same(declined, [
      {
        path: 'multiply',
        reason: 'the weights of layer before it are computed from the input',
      },
    ])
  }
  t.end()
})

const unasked: Readonly<Record<string, (x: Feature<4, 1>) => Outputs>> = {
  'one factor for all channels': (x) => ({ y: multiply(layer(x), parameter('factor', [1])) }),
  'one offset for all': (x) => ({ y: add(layer(x), parameter('shift', [1])) }),
  'what is computed from the input': (x) => ({ y: multiply(layer(x), globalPool(x)) }),
  'an activation between': (x) => ({ y: scaled(relu(layer(x))) }),
}

t.test('it has no say in what is no constant of each channel, or follows no layer', (t) => {
  for (const [name, body] of Object.entries(unasked)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, foldChannelwise, graph)
    t.equal(after, graph, name)
    t.same(declined, [], name)
  }
  t.end()
})
