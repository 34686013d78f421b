import fc from 'fast-check'
import t from 'tap'
import { compile } from '../src/compile.js'
import { make } from '../src/compiler/make.js'
import type { ElementType, Value } from '../src/compiler/node.js'
import { print } from '../src/compiler/print.js'
import { Feature, Tensor } from '../src/dsl/feature.js'
import { functionOrigin } from '../src/dsl/scope.js'
import {
  add,
  argMax,
  averagePool,
  batchNorm,
  concat,
  conv,
  convTranspose,
  foreign,
  gelu,
  globalPool,
  hardSigmoid,
  hardSwish,
  image,
  leakyRelu,
  linear,
  type Model,
  maxPool,
  model,
  multiply,
  parameter,
  relu,
  relu6,
  resize,
  shared,
  sigmoid,
  silu,
  softmax,
  split,
  spread,
  tanh,
} from '../src/index.js'
import { pipeline } from '../src/passes/pipeline.js'
import { verify } from '../src/verify/verify.js'
import { difference } from './support/passes.js'

type Map4 = Feature<4, 1>
type Layer = (x: Map4, other: Map4, n: number) => Map4

/** Layers that keep four channels at stride 1; `other` is a feature from anywhere before. */
const layers: Readonly<Record<string, Layer>> = {
  conv: (x) => conv(x, 4, { kernel: 3, groups: 2 }),
  biased: (x) => conv(x, 4, { kernel: 1, bias: true }),
  depthwise: (x) => conv(x, 4, { kernel: [3, 1], groups: 4, bias: true }),
  dilated: (x) => conv(x, 4, { kernel: 3, dilation: 2 }),
  normed: (x) => conv(batchNorm(x), 4, { kernel: 1, groups: 2, bias: true }),
  patches: (x) => {
    const coarse = conv(batchNorm(x), 6, { kernel: 2, stride: 2, groups: 2 })
    return convTranspose(batchNorm(coarse), 4, { kernel: 2, stride: 2, bias: true })
  },
  shared: (x) => shared('shared', () => conv(x, 4, { kernel: 3, name: 'conv' })),
  sharedUnit: (x) =>
    shared('unit', () => batchNorm(conv(x, 4, { kernel: 1, name: 'conv' }), { name: 'bn' })),
  transposed: (x) =>
    convTranspose(maxPool(x, { kernel: 2, stride: 2 }), 4, { kernel: 4, stride: 2, groups: 2 }),
  transposedOdd: (x) =>
    batchNorm(
      convTranspose(averagePool(x, { kernel: 3, stride: 2, countPadding: true }), 4, {
        kernel: 3,
        stride: 2,
        groups: 4,
      }),
    ),
  transposedOnce: (x) => convTranspose(batchNorm(x), 4, { kernel: 3, stride: 1 }),
  norm: (x) => batchNorm(x),
  normAgain: (x) => batchNorm(x, { epsilon: 0.1 }),
  relu: (x) => relu(x),
  relu6: (x) => relu6(x),
  leaky: (x) => leakyRelu(x, { slope: -0.5 }),
  bounded: (x) => relu(hardSigmoid(tanh(x))),
  smoothly: (x) => hardSwish(silu(gelu(x))),
  add: (x, other) => add(x, other),
  gate: (x, other) => multiply(x, sigmoid(globalPool(other))),
  vector: (x) => multiply(x, batchNorm(linear(batchNorm(globalPool(x)), 4))),
  sharedVector: (x, other) => {
    const score = (each: Map4) =>
      shared('score', () => batchNorm(linear(globalPool(each, 'max'), 4, { bias: false })))
    return multiply(x, sigmoid(score(x)), score(other))
  },
  context: (x, other) => add(x, spread(batchNorm(globalPool(other)), x)),
  cut: (x, _, n) => swapped(x, n % 2 === 0),
  resized: (x) =>
    resize(resize(x, 2, { mode: 'bilinear' }), x, { mode: 'bilinear', alignCorners: true }),
  nearest: (x) => resize(resize(x, 2, { mode: 'nearest' }), 1, { mode: 'nearest' }),
  same: (x) => maxPool(resize(x, 1, { mode: 'nearest' }), { kernel: 1, stride: 1 }),
  smooth: (x) => averagePool(x, { kernel: 3, stride: 1 }),
  scores: (x) => softmax(x),
  turned: (x, _, n) => {
    const last = transpose(x.value, [0, 2, 3, 1])
    return as(x, transpose(n % 2 === 0 ? transpose(last, [0, 1, 2, 3]) : last, [0, 3, 1, 2]))
  },
  same64: (x) => as(x, cast(cast(cast(x.value, 'float32'), 'float64'), 'float32')),
  constant: (x, _, n) => add(x, sigmoid(relu(parameter(`free${n}`, [4, 1, 1])))),
}

/** Layers that jump: two runs that differ in rounding may part there. */
const steps: typeof layers = {
  whole: (x) => as(x, cast(cast(x.value, 'int32'), 'float32')),
  best: (x) => {
    const input = cast(argMax(globalPool(x)).value, 'float32')
    const sides = ['same', 1, 1, 1] as const
    const value = make('reshape', { input }, { sides }, functionOrigin('reshape'))
    return multiply(x, new Tensor(value, x.trace))
  },
}

const as = (x: Map4, value: Value): Map4 => new Feature(value, 4, 1, x.trace)
const cast = (input: Value, to: ElementType): Value =>
  make('cast', { input }, { to }, functionOrigin('cast'))
const transpose = (input: Value, order: readonly number[]): Value =>
  make('transpose', { input }, { order }, functionOrigin('transpose'))

function swapped(x: Map4, swap: boolean): Map4 {
  const [a, b] = split(x, [1, 3])
  return (swap ? concat(b, a) : concat(a, b)) as Map4
}

/** Operators that only a runtime knows. */
const foreigners: typeof layers = {
  sine: (x) => foreign('Sin', { inputs: [x], results: [{ ...shape, channels: 4 }] })[0] as Map4,
  slopes: (x, _, n) => {
    const slope = parameter(`slope${n}`, [4, 1, 1])
    return foreign('PRelu', { inputs: [x, slope], results: [{ ...shape, channels: 4 }] })[0]
  },
  pair: (x) => {
    const results = [
      { ...shape, channels: 1 },
      { ...shape, channels: 3 },
    ] as const
    const sizes = foreign('Constant', {
      inputs: [],
      results: [{ kind: 'tensor', shape: [2], element: 'int64' }],
      attributes: { value_ints: [1n, 3n] },
    })
    const [a, b] = foreign('Split', { inputs: [x, ...sizes], results, attributes: { axis: 1n } })
    return concat(b, a) as Map4
  },
}
const shape = { kind: 'feature', stride: 1 } as const

function networks(layers: Readonly<Record<string, Layer>>): fc.Arbitrary<Model> {
  return fc
    .array(fc.tuple(fc.constantFrom(...Object.keys(layers)), fc.nat({ max: 20 }), fc.boolean()), {
      minLength: 1,
      maxLength: 14,
    })
    .map((steps) =>
      model('random', image(4, { size: [4, 6], name: 'x' }), (x) => {
        const made: Map4[] = [x]
        const outputs: Record<string, Map4> = {}
        steps.forEach(([name, back, out], n) => {
          const last = made.at(-1) as Map4
          const other = made[back % made.length] as Map4
          const y = layers[name]?.(back % 5 === 0 ? other : last, other, n) as Map4
          made.push(y)
          if (out) outputs[`y${n}`] = y
        })
        return { ...outputs, last: made.at(-1) as Map4, again: made.at(-1) as Map4 }
      }),
    )
}

const network = networks({ ...layers, ...steps })

t.test('whatever the network, the pipeline keeps all that it computes', (t) => {
  fc.assert(
    fc.property(network, (each) => {
      const { plain, graph, equals, passes } = compile(each)
      const worst = difference(plain, { graph, equals })
      if (!(worst <= 1e-12)) throw new Error(`relative ${worst}\n${print(plain)}\n${print(graph)}`)
      return passes.length === pipeline.length
    }),
    { numRuns: 100, seed: 3 },
  )
  t.end()
})

t.test('whatever the network, a second round leaves its graph as it is', (t) => {
  fc.assert(
    fc.property(network, (each) => {
      const { graph } = compile(each)
      for (const pass of pipeline)
        if (pass.run(graph).graph !== graph)
          throw new Error(
            `${pass.name} still fires\n${print(graph)}\n${print(pass.run(graph).graph)}`,
          )
    }),
    { numRuns: 100, seed: 4 },
  )
  t.end()
})

t.test('and ONNX Runtime computes the same of both, at every feature that survives', async (t) => {
  const some = fc.sample(networks({ ...layers, ...foreigners }), { numRuns: 5, seed: 6 })
  for (const [n, each] of some.entries()) {
    const { ok, features, outputs } = await verify(each, { features: true })
    t.ok(ok, `network ${n}`, { network: print(each.graph), outputs, first: features?.first })
  }
})
