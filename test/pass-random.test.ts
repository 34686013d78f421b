import fc from 'fast-check'
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
  type Feature,
  globalPool,
  image,
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
  split,
} from '../src/index.js'
import { pipeline } from '../src/passes/pipeline.js'
import { difference } from './support/passes.js'

type Map4 = Feature<4, 1>

/** Layers that keep four channels at stride 1; `other` is a feature from anywhere before. */
const layers: Readonly<Record<string, (x: Map4, other: Map4, n: number) => Map4>> = {
  conv: (x) => conv(x, 4, { kernel: 3, groups: 2 }),
  biased: (x) => conv(x, 4, { kernel: 1, bias: true }),
  shared: (x) => shared('shared', () => conv(x, 4, { kernel: 3, name: 'conv' })),
  sharedUnit: (x) =>
    shared('unit', () => batchNorm(conv(x, 4, { kernel: 1, name: 'conv' }), { name: 'bn' })),
  transposed: (x) =>
    convTranspose(maxPool(x, { kernel: 2, stride: 2 }), 4, { kernel: 4, stride: 2, groups: 2 }),
  norm: (x) => batchNorm(x),
  normAgain: (x) => batchNorm(x, { epsilon: 0.1 }),
  relu: (x) => relu(x),
  relu6: (x) => relu6(x),
  add: (x, other) => add(x, other),
  gate: (x, other) => multiply(x, sigmoid(globalPool(other))),
  vector: (x) => multiply(x, batchNorm(linear(batchNorm(globalPool(x)), 4))),
  cut: (x, _, n) => swapped(x, n % 2 === 0),
  same: (x) => maxPool(resize(x, 1, { mode: 'nearest' }), { kernel: 1, stride: 1 }),
  smooth: (x) => averagePool(x, { kernel: 3, stride: 1 }),
  constant: (x, _, n) => add(x, sigmoid(relu(parameter(`free${n}`, [4, 1, 1])))),
}

function swapped(x: Map4, swap: boolean): Map4 {
  const [a, b] = split(x, [1, 3])
  return (swap ? concat(b, a) : concat(a, b)) as Map4
}

const network: fc.Arbitrary<Model> = fc
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
      return { ...outputs, last: made.at(-1) as Map4 }
    }),
  )

t.test('whatever the network, the pipeline keeps all that it computes', (t) => {
  fc.assert(
    fc.property(network, (each) => {
      const { plain, graph, equals, passes } = compile(each)
      const worst = difference(plain, { graph, equals, fired: 0, declined: [] })
      if (!(worst <= 1e-12)) throw new Error(`relative ${worst}\n${print(plain)}\n${print(graph)}`)
      return passes.length === pipeline.length
    }),
    { numRuns: 150, seed: 3 },
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
    { numRuns: 150, seed: 4 },
  )
  t.end()
})
