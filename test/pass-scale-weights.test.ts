import t from 'tap'
import { nodesOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import { Vector } from '../src/dsl/feature.js'
import {
  batchNorm,
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
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { applied, small, text } from './support/passes.js'

const gained = (x: Feature<4, 1>) => multiply(x, parameter('gain', [4, 1, 1]))

t.test('a gain of each channel goes into the convolution behind it, padded or not', (t) => {
  const graph = small((x) => ({ y: conv(gained(x), 2, { kernel: 3, bias: true, name: 'conv' }) }))
  t.equal(
    text(applied(t, foldBatchNorm, graph).graph),
    `x                                        [1, 4, 8, 8]
%1 = conv(x, $2, .bias, 3x3, padding 1)  [1, 2, 8, 8]  conv
y = %1
$1 = reshape(gain, [4])                  [4]           multiply
$2 = scaleChannels(.weight, $1, axis 1)  [2, 4, 3, 3]  conv.weight`,
  )
  t.end()
})

const folds: Readonly<Record<string, (x: Feature<4, 1>) => Outputs>> = {
  groups: (x) => ({ y: conv(gained(x), 6, { kernel: 3, groups: 2 }) }),
  transposed: (x) => {
    const half = conv(x, 4, { kernel: 3, stride: 2 })
    const scaled = multiply(half, parameter('gain', [1, 4, 1, 1]))
    return { y: convTranspose(scaled, 6, { kernel: 4, stride: 2, groups: 2, bias: true }) }
  },
  linear: (x) => {
    const [left, right] = [globalPool(x).value, parameter('gain', [4]).value]
    const gain = make('multiply', { left, right }, {}, { path: 'gain', place: undefined })
    return { y: linear(new Vector(gain, 4, x.trace), 3) }
  },
  'a norm, then a gain': (x) => ({ y: conv(gained(batchNorm(x)), 2, { kernel: 1 }) }),
  'a gain, then a norm': (x) => ({ y: conv(batchNorm(gained(x)), 2, { kernel: 1 }) }),
}

t.test('layers that share their weights share what is derived', (t) => {
  const graph = small((x) => {
    const unit = (from: Feature<4, 1>) =>
      shared('unit', () => conv(gained(from), 4, { kernel: 1, name: 'conv' }))
    return { y: unit(relu(unit(x))) }
  })
  const { graph: after, fired } = applied(t, foldBatchNorm, graph)
  t.equal(fired, 2)
  t.equal(nodesOf(after).filter(({ kind }) => kind === 'derived').length, 2)
  t.end()
})

t.test('into any weights, and however norms and gains follow one another', (t) => {
  for (const [name, body] of Object.entries(folds)) {
    const { graph, fired } = applied(t, foldBatchNorm, small(body))
    t.ok(fired > 0, name)
    t.notMatch(text(graph), /multiply\(|batchNorm\(/, name)
  }
  t.end()
})

const stays: Readonly<Record<string, (x: Feature<4, 1>) => Outputs>> = {
  'read twice': (x) => {
    const y = gained(x)
    return { y: conv(y, 2, { kernel: 1 }), z: relu(y) }
  },
  'one number for all channels': (x) => ({
    y: conv(multiply(x, parameter('gain', [1])), 2, { kernel: 1 }),
  }),
  'a gate that is computed from the input': (x) => ({
    y: conv(multiply(x, globalPool(x)), 2, { kernel: 1 }),
  }),
}

t.test('it stays where it is no gain of each channel, or is read elsewhere too', (t) => {
  for (const [name, body] of Object.entries(stays)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, foldBatchNorm, graph)
    t.equal(after, graph, name)
    if (name === 'read twice')
      t.same(declined, [{ path: 'multiply', reason: 'it is read 2 times, not by 0 alone' }])
  }
  t.end()
})
