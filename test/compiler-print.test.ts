import t from 'tap'
import { compile } from '../src/compile.js'
import { print } from '../src/compiler/print.js'
import {
  add,
  averagePool,
  batchNorm,
  concat,
  conv,
  convTranspose,
  foreign,
  globalPool,
  image,
  leakyRelu,
  linear,
  maxPool,
  model,
  multiply,
  parameter,
  relu,
  resize,
  scope,
  shared,
  sigmoid,
  split,
} from '../src/index.js'

/** A network with what the language has, so that its text shows how each is printed. */
const everything = model('everything', image(4, { size: [32, 48], name: 'x' }), (x) => {
  const stem = scope('stem', () => {
    const y = batchNorm(conv(x, 8, { kernel: 3, stride: 2, name: 'conv' }), { name: 'bn' })
    return relu(batchNorm(y, { name: 'precise', epsilon: 1e-3 }), { name: 'relu' })
  })
  const [a, b] = split(stem, [2, 6])
  const mixed = concat(b, a)
  const twice = shared('twice', () => conv(mixed, 8, { kernel: [3, 5], groups: 2, name: 'conv' }))
  const wide = conv(twice, 4, { kernel: 3, dilation: 2, bias: true, name: 'wide' })
  const up = convTranspose(leakyRelu(wide), 4, { kernel: 3, stride: 2, name: 'up' })
  const small = averagePool(maxPool(up, { kernel: 3, stride: 2 }), {
    kernel: 3,
    stride: 2,
    countPadding: true,
  })
  const grown = resize(resize(small, 2, { mode: 'nearest' }), up, {
    mode: 'bilinear',
    alignCorners: true,
  })
  const [values, indices] = foreign('TopK', {
    inputs: [grown],
    results: [
      { kind: 'feature', channels: 2, stride: 1 },
      { kind: 'tensor', shape: [1, 2, 32, 48], element: 'int64' },
    ],
    attributes: { axis: 1 },
  })
  const gated = multiply(grown, sigmoid(parameter('gain', [4, 1, 1])))
  const scores = scope('head', () =>
    linear(globalPool(add(gated, grown), 'max'), 3, { name: 'fc' }),
  )
  return { scores, values, indices, last: multiply(grown, globalPool(grown)) }
})

t.test('a graph prints as one line for each operation', (t) => {
  t.matchSnapshot(print(compile(everything, { passes: [] }).graph))
  t.end()
})

t.test('what passes derive prints below, and sides that are open by their name', (t) => {
  const size = { batch: { multiple: 1 }, height: { multiple: 32 }, width: { multiple: 4 } }
  const { graph } = compile(
    model('open', image(3, { name: 'x' }), (x) => {
      const y = relu(batchNorm(conv(x, 4, { kernel: 3, stride: 2, bias: true, name: 'conv' })))
      return { y: conv(batchNorm(maxPool(y, { kernel: 3, stride: 2 })), 2, { kernel: 1 }) }
    }),
    { size },
  )
  t.matchSnapshot(print(graph))
  t.end()
})

t.test('the same network prints the same, wherever it is compiled', (t) => {
  t.equal(print(compile(everything).graph), print(compile(everything).graph))
  t.end()
})
