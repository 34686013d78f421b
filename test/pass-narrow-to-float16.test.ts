import t, { type Test } from 'tap'
import { withGraph } from '../src/build/open-graph.js'
import { type Graph, operationsOf } from '../src/compiler/graph.js'
import { validate } from '../src/compiler/validate.js'
import {
  add,
  averagePool,
  batchNorm,
  concat,
  conv,
  convTranspose,
  foreign,
  gelu,
  globalPool,
  hardSwish,
  image,
  leakyRelu,
  linear,
  maxPool,
  model,
  multiply,
  parameter,
  relu,
  relu6,
  resize,
  sigmoid,
  silu,
  softmax,
  spatialGather,
  split,
  tanh,
} from '../src/index.js'
import { narrowToFloat16 } from '../src/passes/narrow-to-float16.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { drawn, eitherSign } from '../src/weights/seeded/draw.js'
import type { Weights } from '../src/weights/source.js'
import { difference, sized, small, text } from './support/passes.js'

function kindsOf(graph: Graph): readonly string[] {
  return operationsOf(graph).map(({ kind }) => kind)
}

function narrowed(t: Test, graph: Graph): ReturnType<typeof narrowToFloat16.run> {
  const rewriting = narrowToFloat16.run(graph)
  validate(rewriting.graph)
  t.equal(narrowToFloat16.run(rewriting.graph).graph, rewriting.graph, 'run again does nothing')
  // What is foreign has no meaning here.
  const known = !kindsOf(graph).includes('foreign')
  const worst = known ? difference(graph, rewriting) : 2 ** -11
  t.ok(worst > 0 && worst <= 2 ** -9, `a few roundings of 2^-11: ${worst}`)
  return rewriting
}

t.test('a network computes in float16, between an input and an output of float32', (t) => {
  const graph = small((x) => {
    const y = relu(conv(x, 4, { kernel: 1, bias: true, name: 'conv' }), { name: 'relu' })
    return { y: add(y, x) }
  })
  const { graph: after, firings, declined } = narrowed(t, graph)
  t.equal(firings.length, 3)
  t.same(declined, [])
  t.equal(
    text(after),
    `x                           [1, 4, 8, 8]
%1 = cast(x, float16)       float16[1, 4, 8, 8]  x.float16
%2 = conv(%1, $1, $2, 1x1)  float16[1, 4, 8, 8]  conv
%3 = relu(%2)               float16[1, 4, 8, 8]  relu
%4 = add(%3, %1)            float16[1, 4, 8, 8]  add
%5 = cast(%4, float32)      [1, 4, 8, 8]         add.float32
y = %5
$1 = cast(.weight, float16)  float16[4, 4, 1, 1]  conv.weight
$2 = cast(.bias, float16)    float16[4]           conv.bias`,
  )
  t.end()
})

t.test(
  'what does not bear it is computed in float32, and what reads it goes on in float16',
  (t) => {
    const graph = small((x) => {
      const y = batchNorm(conv(x, 4, { kernel: 1, name: 'conv' }), { name: 'norm' })
      const [square] = foreign('Mul', {
        inputs: [y, y],
        results: [{ kind: 'feature', channels: 4, stride: 1 }],
      })
      return { y: softmax(relu(square)), z: globalPool(averagePool(y, { kernel: 3, stride: 1 })) }
    })
    const { declined } = narrowed(t, graph)
    t.same(
      declined.map(({ reason }) => reason),
      [
        'its variance may be less than the least float16',
        'nothing is known of a foreign operator',
        'exponentials and their sum may pass what float16 holds',
        'the sum of a whole map may pass 65504',
      ],
    )
    t.end()
  },
)

t.test('the average of a large window is one of a map', (t) => {
  const wide = small((x) => ({
    y: averagePool(conv(x, 4, { kernel: 1 }), { kernel: 17, stride: 1 }),
  }))
  t.match(narrowed(t, wide).declined, [{ reason: 'the sum of 289 numbers may pass 65504' }])
  t.end()
})

t.test('a mean over very many places has weights that float16 does not hold', async (t) => {
  const regions = model('regions', image(2), (x) => ({ y: spatialGather(x, x) }))
  const reasons = (height: number): readonly string[] =>
    narrowToFloat16.run(sized(regions, height, 128)).declined.map(({ reason }) => reason)
  const [softened] = reasons(128)
  t.same(reasons(128), [softened])
  t.same(reasons(129), [softened, 'of 16512 places the weights may be below the least float16'])
})

t.test('what moves numbers follows them: none is rounded for it alone', (t) => {
  const graph = small((x) => {
    const [a, b] = split(x, [2, 2])
    return { turned: concat(b, a), y: concat(...split(conv(x, 4, { kernel: 1 }), [1, 3])) }
  })
  const { graph: after } = narrowed(t, graph)
  t.equal(kindsOf(after).filter((kind) => kind === 'cast').length, 2, 'to float16, and back')
  t.end()
})

t.test('ONNX Runtime computes each kind in float16 as it is meant', async (t) => {
  const graph = small((x) => {
    const y = conv(x, 4, { kernel: 3 })
    const half = maxPool(y, { kernel: 2, stride: 2 })
    const up = resize(half, 1, { mode: 'bilinear' })
    const other = convTranspose(half, 4, { kernel: 2, stride: 2 })
    const gates = [relu6, sigmoid, tanh, gelu, silu, hardSwish, leakyRelu].map((f) => f(y))
    const scaled = multiply(up, parameter('gain', [4, 1, 1]))
    const all = add(scaled, other, resize(half, 1, { mode: 'nearest' }), ...gates)
    return { all, mean: averagePool(all, { kernel: 2, stride: 2 }), z: linear(globalPool(all), 3) }
  })
  const weights: Weights = {
    label: 'drawn',
    read: ({ attributes: { name, shape } }) =>
      drawn(
        eitherSign(0, 0.3),
        shape.reduce((a, b) => a * b, 1),
        1,
        name,
      ),
  }
  const { graph: after } = narrowed(t, graph)
  const x = { data: drawn(eitherSign(0, 1), 256, 0, 'x'), dims: [1, 4, 8, 8] }
  const run = (each: Graph, optimize: boolean): Promise<readonly number[]> =>
    withGraph(each, weights, { optimize }, async ({ session }) => {
      const results = await session.run({ x })
      return Object.keys(results)
        .sort()
        .flatMap((name) => Array.from((results[name] as TensorData).data as Float32Array))
    })
  const [meant, off, on] = await Promise.all([
    run(graph, false),
    run(after, false),
    run(after, true),
  ])
  for (const made of [off, on]) {
    const worst = Math.max(...made.map((y, i) => Math.abs(y - (meant[i] as number))))
    const size = Math.max(...meant.map(Math.abs))
    t.ok(worst > 0 && worst <= 2 ** -8 * size, `${worst} of ${size}`)
  }
})
