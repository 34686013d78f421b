import t from 'tap'
import type { Graph } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { Origin, Value } from '../src/compiler/node.js'
import {
  add,
  conv,
  convTranspose,
  type Feature,
  globalPool,
  linear,
  maxPool,
  relu,
  resize,
} from '../src/index.js'
import { gatherBiases } from '../src/passes/gather-biases.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const layer = (name: string, x: Feature<4, 1>, bias = true): Feature<4, 1> =>
  conv(x, 4, { kernel: 1, bias, name })
const half = (x: Feature<4, 1>) => maxPool(x, { kernel: 2, stride: 2 })
const upsampled = (name: string, x: Feature<4, 1>): Feature<4, 1> =>
  resize(conv(half(x), 4, { kernel: 1, bias: true, name }), x, { mode: 'bilinear' })

t.test('biases of a sum stand on the last layer that is not resized', async (t) => {
  const body = (x: Feature<4, 1>) => ({
    y: add(layer('one', x), layer('two', x), upsampled('up', x)),
  })
  const graph = small(body)
  t.equal(
    text(graph),
    `x                                   [1, 4, 8, 8]
%1 = conv(x, .weight, .bias, 1x1)   [1, 4, 8, 8]  one
%2 = conv(x, .weight, .bias, 1x1)   [1, 4, 8, 8]  two
%3 = add(%1, %2)                    [1, 4, 8, 8]  add
%4 = maxPool(x, 2x2, stride 2)      [1, 4, 4, 4]  0
%5 = conv(%4, .weight, .bias, 1x1)  [1, 4, 4, 4]  up
%6 = resize(%5, like x, bilinear)   [1, 4, 8, 8]  resize
%7 = add(%3, %6)                    [1, 4, 8, 8]  add
y = %7`,
  )
  const { graph: after, fired, declined } = applied(t, gatherBiases, graph)
  t.equal(fired, 1)
  t.same(declined, [])
  t.equal(
    text(after),
    `x                                  [1, 4, 8, 8]
%1 = conv(x, .weight, 1x1)         [1, 4, 8, 8]  one
%2 = conv(x, .weight, $1, 1x1)     [1, 4, 8, 8]  two
%3 = add(%1, %2)                   [1, 4, 8, 8]  add
%4 = maxPool(x, 2x2, stride 2)     [1, 4, 4, 4]  0
%5 = conv(%4, .weight, 1x1)        [1, 4, 4, 4]  up
%6 = resize(%5, like x, bilinear)  [1, 4, 8, 8]  resize
%7 = add(%3, %6)                   [1, 4, 8, 8]  add
y = %7
$1 = add(add(one.bias, .bias), up.bias)  [4]  two.bias`,
  )
  await sameInRuntime(t, gatherBiases, body)
})

t.test('through several resizes, trees of adds and transposed convolutions', (t) => {
  const nearest = { mode: 'nearest' } as const
  const { graph, fired } = applied(
    t,
    gatherBiases,
    small((x) => {
      const coarse = conv(maxPool(half(x), { kernel: 2, stride: 2 }), 4, {
        kernel: 3,
        bias: true,
        name: 'deep',
      })
      const wide = convTranspose(half(x), 4, { kernel: 2, stride: 2, bias: true, name: 'wide' })
      return { y: add(add(x, resize(resize(coarse, 2, nearest), x, nearest)), add(x, wide)) }
    }),
  )
  t.equal(fired, 1)
  t.match(text(graph), '$1 = add(deep.bias, .bias)  [4]  wide.bias')
  t.match(text(graph), /conv\(%\d, \.weight, 3x3/)
  t.end()
})

t.test('where all are resized, they stand on the last', (t) => {
  const { graph } = applied(
    t,
    gatherBiases,
    small((x) => ({ y: add(upsampled('one', x), upsampled('two', x)) })),
  )
  t.match(text(graph), '$1 = add(one.bias, .bias)  [4]  two.bias')
  t.end()
})

t.test('a sum of one bias stays as it is', (t) => {
  const { fired, declined } = applied(
    t,
    gatherBiases,
    small((x) => ({ y: add(layer('one', x), layer('two', x, false), x) })),
  )
  t.equal(fired, 0)
  t.same(declined, [])
  t.end()
})

t.test('a bias stays where its layer, or a resize of it, is read elsewhere too', (t) => {
  const shared = small((x) => {
    const one = layer('one', x)
    return { y: add(one, layer('two', x)), z: relu(one) }
  })
  const { declined } = applied(t, gatherBiases, shared)
  t.same(declined, [{ path: 'add', reason: 'one is read 2 times' }])
  const resized = small((x) => {
    const up = upsampled('up', x)
    return { y: add(up, layer('two', x)), z: relu(up) }
  })
  t.same(applied(t, gatherBiases, resized).declined, [
    { path: 'add', reason: 'resize is read 2 times' },
  ])
  const others = small((x) => {
    const one = layer('one', x)
    return { y: add(one, layer('two', x), layer('three', x)), z: relu(one) }
  })
  const { graph, fired } = applied(t, gatherBiases, others)
  t.equal(fired, 1, 'the rest is gathered all the same')
  t.match(text(graph), '$1 = add(two.bias, .bias)')
  t.end()
})

const origin: Origin = { path: 'made', place: undefined }
const attributes = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const

t.test('a bias stays that is computed from the input, and one of other channels', (t) => {
  const parameter = (name: string, shape: readonly number[]): Value =>
    make('parameter', {}, { name, shape, role: 'free' }, origin)
  /** x through a convolution to so many channels, added to a layer of four. */
  const made = (channels: number, bias: (x: Value) => Value): Graph => {
    const graph = small((x) => ({ y: layer('one', x) }))
    const [input, left] = [graph.inputs[0] as Value, graph.outputs[0]?.value as Value]
    const weight = parameter('w', [channels, 4, 1, 1])
    const right = make('conv', { input, weight, bias: bias(input) }, attributes, origin)
    return { ...graph, outputs: [{ name: 'y', value: make('add', { left, right }, {}, origin) }] }
  }
  const live = made(4, (x) => {
    const input = make('globalPool', { input: x }, { operator: 'max' }, origin)
    return make('reshape', { input }, { sides: [4] }, origin)
  })
  t.same(applied(t, gatherBiases, live).declined, [
    { path: 'made', reason: 'the bias of made is computed from the input' },
  ])
  const narrow = made(1, () => parameter('b', [1]))
  t.same(applied(t, gatherBiases, narrow).declined, [
    { path: 'made', reason: 'the channels of made are not those of the sum' },
  ])
  const vectors = small((x) => ({
    y: conv(x, 8, { kernel: 1, bias: true, name: 'map' }),
    v: linear(globalPool(x), 8, { name: 'vector' }),
  }))
  const [left, right] = vectors.outputs.map(({ value }) => value) as [Value, Value]
  const across = make('add', { left, right }, {}, origin)
  const { declined } = applied(t, gatherBiases, {
    ...vectors,
    outputs: [{ name: 'y', value: across }],
  })
  t.same(declined, [{ path: 'made', reason: 'the channels of vector are not those of the sum' }])
  t.end()
})

t.test('a sum that another broadcasts is a sum of its own', (t) => {
  const graph = small((x) => ({
    narrow: add(
      conv(x, 1, { kernel: 1, bias: true, name: 'a' }),
      conv(x, 1, { kernel: 1, bias: true, name: 'b' }),
    ),
    wide: add(layer('c', x), layer('d', x)),
  }))
  const [left, right] = graph.outputs.map(({ value }) => value) as [Value, Value]
  const value = make('add', { left, right }, {}, origin)
  const both = { ...graph, outputs: [{ name: 'y', value }] }
  const { graph: after, fired } = applied(t, gatherBiases, both)
  t.equal(fired, 2)
  t.match(
    text(after),
    /\$1 = add\(a\.bias, \.bias\) +\[1\] +b\.bias\n\$2 = add\(c\.bias, \.bias\) +\[4\]/,
  )
  t.end()
})
