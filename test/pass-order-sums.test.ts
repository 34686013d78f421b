import t from 'tap'
import { make } from '../src/compiler/make.js'
import type { Value } from '../src/compiler/node.js'
import {
  add,
  conv,
  type Feature,
  image,
  maxPool,
  model,
  parameter,
  relu,
  resize,
  sigmoid,
} from '../src/index.js'
import { orderSums } from '../src/passes/order-sums.js'
import { optimised } from './support/optimised.js'
import { bytesOf, sameInRuntime } from './support/pass-in-runtime.js'
import { applied, sized, small, text } from './support/passes.js'

const layer = <C extends number>(name: string, x: Feature<C, 1>): Feature<C, 1> =>
  conv(x, x.channels, { kernel: 1, bias: true, name })
const upsampled = <C extends number>(name: string, x: Feature<C, 1>): Feature<C, 1> => {
  const coarse = maxPool(x, { kernel: 2, stride: 2 })
  return resize(conv(coarse, x.channels, { kernel: 1, bias: true, name }), x, { mode: 'bilinear' })
}

t.test('convolutions come last in a sum, and what is ready first comes first', async (t) => {
  const body = (x: Feature<4, 1>) => ({
    y: relu(add(layer('one', x), upsampled('up', x), x), { name: 'relu' }),
  })
  const graph = small(body)
  t.equal(
    text(graph),
    `x                                   [1, 4, 8, 8]
%1 = conv(x, .weight, .bias, 1x1)   [1, 4, 8, 8]  one
%2 = maxPool(x, 2x2, stride 2)      [1, 4, 4, 4]  0
%3 = conv(%2, .weight, .bias, 1x1)  [1, 4, 4, 4]  up
%4 = resize(%3, like x, bilinear)   [1, 4, 8, 8]  resize
%5 = add(%1, %4)                    [1, 4, 8, 8]  add
%6 = add(%5, x)                     [1, 4, 8, 8]  add
%7 = relu(%6)                       [1, 4, 8, 8]  relu
y = %7`,
  )
  const { graph: after, fired, declined } = applied(t, orderSums, graph)
  t.equal(fired, 1)
  t.same(declined, [])
  t.equal(
    text(after),
    `x                                   [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)      [1, 4, 4, 4]  0
%2 = conv(%1, .weight, .bias, 1x1)  [1, 4, 4, 4]  up
%3 = resize(%2, like x, bilinear)   [1, 4, 8, 8]  resize
%4 = add(x, %3)                     [1, 4, 8, 8]  add
%5 = conv(x, .weight, .bias, 1x1)   [1, 4, 8, 8]  one
%6 = add(%4, %5)                    [1, 4, 8, 8]  add
%7 = relu(%6)                       [1, 4, 8, 8]  relu
y = %7`,
  )
  await sameInRuntime(t, orderSums, body)
})

for (const width of [4, 16])
  t.test(`ONNX Runtime takes the add and the ReLU into a convolution of ${width}`, async (t) => {
    const network = model('m', image(width), (x) => {
      const start = relu(layer('start', x))
      return { y: relu(add(layer('one', start), upsampled('up', start), start)) }
    })
    const graph = sized(network, 8, 8)
    const [before, after] = [
      await optimised(t, await bytesOf(t, graph, graph)),
      await optimised(t, await bytesOf(t, graph, orderSums.run(graph).graph)),
    ]
    t.match(before, { 'Conv + Add': 1, Add: 1, Relu: 1 })
    t.notOk('Conv + Add + Relu' in before)
    t.match(after, { 'Conv + Add + Relu': 1, Add: 1 })
    t.notOk('Relu' in after)
  })

t.test('of several convolutions each takes an add in, behind one map at least', (t) => {
  const { graph, fired } = applied(
    t,
    orderSums,
    small((x) => ({ y: add(add(layer('one', x), layer('two', x)), add(layer('three', x), x)) })),
  )
  t.equal(fired, 1, 'a tree of adds becomes a chain')
  t.match(text(graph), /add\(x, %1\).*\n.*two\n.*add\(%2, %3\).*\n.*three\n.*add\(%4, %5\)/)
  t.end()
})

t.test('what is no whole map is taken into no convolution', (t) => {
  const { graph, fired } = applied(
    t,
    orderSums,
    small((x) => ({
      y: add(layer('one', x), parameter('p', [4, 1, 1]), x, layer('two', x)),
    })),
  )
  t.equal(fired, 1)
  t.match(text(graph), 'add(p, x)')
  t.end()
})

t.test('a sum stays as it is where no more of it becomes one', (t) => {
  const bodies: Record<string, (x: Feature<4, 1>) => Feature<4, 1>> = {
    'a convolution and a map': (x) => add(layer('one', x), x),
    'two convolutions': (x) => add(layer('one', x), layer('two', x)),
    'a convolution that is last': (x) => add(sigmoid(x), x, layer('one', x)),
  }
  for (const [name, body] of Object.entries(bodies)) {
    const { declined, fired } = applied(
      t,
      orderSums,
      small((x) => ({ y: body(x) })),
    )
    t.equal(fired, 0, name)
    t.same(declined, [], name)
  }
  t.end()
})

t.test('only a convolution that the sum alone reads, and as large as it, takes an add in', (t) => {
  const shared = small((x) => {
    const one = layer('one', x)
    return { y: add(one, sigmoid(x), x), z: relu(one) }
  })
  const { declined } = applied(t, orderSums, shared)
  t.same(declined, [
    { path: 'add', reason: 'none of its 3 terms is a convolution that it alone reads' },
  ])
  const partial = small((x) => {
    const inner = add(layer('one', x), sigmoid(x))
    return { y: add(inner, x), z: relu(inner) }
  })
  const { fired, declined: outer } = applied(t, orderSums, partial)
  t.equal(fired, 0, 'a partial sum that is read elsewhere too is a term')
  t.match(outer[0]?.reason, 'none of its 2 terms')
  const graph = small((x) => ({ y: sigmoid(x) }))
  const [x, y] = [graph.inputs[0] as Value, graph.outputs[0]?.value as Value]
  const pooled = make('globalPool', { input: x }, { operator: 'max' }, y.origin)
  const weight = make('parameter', {}, { name: 'w', shape: [4, 4, 1, 1], role: 'weight' }, y.origin)
  const right = make('conv', { input: pooled, weight }, attributes, y.origin)
  const left = make('add', { left: y, right }, {}, y.origin)
  const value = make('add', { left, right: x }, {}, y.origin)
  const broadcast = { ...graph, outputs: [{ name: 'y', value }] }
  t.match(applied(t, orderSums, broadcast).declined[0]?.reason, 'none of its 3 terms')
  t.end()
})

const attributes = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const
