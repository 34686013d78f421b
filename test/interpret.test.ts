import t from 'tap'
import { elementCount } from '../src/compiler/dimension.js'
import { nodesOf } from '../src/compiler/graph.js'
import { erf } from '../src/compiler/interpret/elementwise.js'
import { interpret } from '../src/compiler/interpret.js'
import { make } from '../src/compiler/make.js'
import type { Origin, Value } from '../src/compiler/node.js'
import { specialise } from '../src/compiler/specialise.js'
import { Tensor } from '../src/dsl/feature.js'
import {
  adaptivePool,
  add,
  argMax,
  averagePool,
  channelShuffle,
  concat,
  conv,
  convTranspose,
  type Feature,
  foreign,
  image,
  maxPool,
  model,
  pixelShuffle,
  relu,
  resize,
  softmax,
  type Tensorial,
  tanh,
} from '../src/index.js'
import { small } from './support/passes.js'

// That each kind means what ONNX Runtime computes, onnx-operators.test.ts shows; here are values by hand.

const origin: Origin = { path: 'made', place: undefined }

type Body = (x: Feature<1, 1>) => Tensorial

/** What a network makes of one channel, given as rows; every weight is `weight`. */
function made(body: Body, rows: readonly (readonly number[])[], weight = 1): number[] {
  const width = rows[0]?.length ?? 0
  const network = model('net', image(1, { name: 'x' }), (x) => ({ y: body(x) }))
  const graph = specialise(network.graph, { batch: 1, height: rows.length, width })
  const feeds = new Map([['x', Float64Array.from(rows.flat())]])
  const values = interpret(graph, feeds, ({ type }) =>
    new Float64Array(elementCount(type.shape) as number).fill(weight),
  )
  return [...(values.get(graph.outputs[0]?.value as Value) as Float64Array)]
}

const rows = [
  [1, 2, 3],
  [4, 5, 6],
]

t.test('a convolution sums the window around each place, with zeros outside', (t) => {
  t.same(
    made((x) => conv(x, 1, { kernel: 3 }), rows),
    [12, 21, 16, 12, 21, 16],
  )
  t.same(
    made((x) => conv(x, 1, { kernel: 3, stride: 2 }), rows, 2),
    [24, 32],
  )
  t.same(
    made((x) => conv(x, 1, { kernel: [1, 3], dilation: 2, bias: true }), rows),
    [5, 3, 5, 11, 6, 11],
  )
  t.end()
})

t.test('a transposed convolution spreads each element over its window', (t) => {
  const up =
    (kernel: number): Body =>
    (x) =>
      convTranspose(maxPool(x, { kernel: 1, stride: 2 }), 1, { kernel, stride: 2 })
  t.same(made(up(2), rows), [1, 1, 3, 3, 1, 1, 3, 3])
  t.same(made(up(4), rows), [1, 4, 4, 3, 1, 4, 4, 3])
  t.end()
})

t.test('an adaptive pooling takes windows that cover all, and overlap where they must', (t) => {
  t.same(
    made((x) => adaptivePool(x, [1, 2]), rows),
    [3, 4],
  )
  t.same(
    made((x) => adaptivePool(x, [3, 1]), rows),
    [2, 3.5, 5],
  )
  t.same(
    made((x) => adaptivePool(x, x), rows),
    rows.flat(),
  )
  t.end()
})

t.test('a shuffle puts channels of groups side by side, or as squares of positions', (t) => {
  const numbered = (x: Feature<1, 1>): Feature<number, 1> =>
    concat(x, ...[1, 2, 3].map((n) => add(x, times(x, n))))
  const times = (x: Feature<1, 1>, n: number): Feature<1, 1> =>
    add(x, ...Array.from({ length: n - 1 }, () => x))
  t.same(
    made((x) => channelShuffle(numbered(x), 2), [[1]]),
    [1, 3, 2, 4],
  )
  const half = (x: Feature<1, 1>) => maxPool(numbered(x), { kernel: 1, stride: 2 })
  t.same(
    made(
      (x) => pixelShuffle(half(x), 2),
      [
        [1, 0, 5, 0],
        [0, 0, 0, 0],
      ],
    ),
    [1, 2, 5, 10, 3, 4, 15, 20],
  )
  t.end()
})

t.test('padding is nothing to a pool, but zeros to an average that counts it', (t) => {
  const negative = rows.map((row) => row.map((v) => -v))
  t.same(
    made((x) => maxPool(x, { kernel: 3, stride: 2 }), negative),
    [-1, -2],
  )
  t.same(
    made((x) => averagePool(x, { kernel: 3, stride: 2 }), rows),
    [3, 4],
  )
  const counted = made((x) => averagePool(x, { kernel: 3, stride: 2, countPadding: true }), rows)
  t.same(counted, [12 / 9, 16 / 9])
  t.end()
})

t.test('a resize reads the position before, or between pixel centres, or between corners', (t) => {
  const row = [[0, 1, 2, 3]]
  const half = (x: Feature<1, 1>) => maxPool(x, { kernel: 1, stride: 2 })
  const quarter = (x: Feature<1, 1>) => maxPool(x, { kernel: 1, stride: 4 })
  t.same(
    made((x) => resize(half(x), x, { mode: 'nearest' }), row),
    [0, 0, 2, 2],
  )
  t.same(
    made((x) => resize(half(x), x, { mode: 'bilinear' }), row),
    [0, 0.5, 1.5, 2],
  )
  const corners = { mode: 'bilinear', alignCorners: true } as const
  const spread = made((x) => resize(half(x), x, corners), row)
  t.ok(
    spread.every((v, i) => Math.abs(v - (2 * i) / 3) < 1e-15),
    String(spread),
  )
  t.same(
    made((x) => resize(x, quarter(x), corners), row),
    [0],
    'one place: the first',
  )
  t.same(
    made((x) => resize(x, quarter(x), { mode: 'bilinear' }), row),
    [1.5],
  )
  t.end()
})

t.test('the error function is exact to the last digits', (t) => {
  // By mpmath, 30 digits.
  const known: readonly (readonly [number, number])[] = [
    [1e-10, 1.1283791670955126e-10],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2.5, 0.999593047982555],
    [4, 0.9999999845827421],
    [6, 1],
    [Number.POSITIVE_INFINITY, 1],
  ]
  for (const [x, y] of known) {
    t.ok(Math.abs(erf(x) - y) <= 2e-15 * y, `erf(${x}) = ${erf(x)}`)
    t.equal(erf(-x), -erf(x))
  }
  t.ok(Number.isNaN(erf(Number.NaN)))
  t.equal(erf(0), 0)
  t.end()
})

t.test('every value of a graph is kept, and what it is fed stays as it was', (t) => {
  const graph = small((x) => ({ y: conv(x, 2, { kernel: 1 }) }))
  const feed = new Float64Array(4 * 8 * 8).fill(3)
  const values = interpret(graph, new Map([['x', feed]]), () => new Float64Array(8).fill(1))
  t.same(new Set(values.keys()), new Set(nodesOf(graph)))
  t.ok(feed.every((v) => v === 3))
  t.end()
})

t.test('a foreign operator, a missing feed, a wrong length and a free size are refused', (t) => {
  const none = (): Float64Array => new Float64Array(0)
  const unknown = small((x) => ({
    y: foreign('Relu', { inputs: [x], results: [{ kind: 'feature', channels: 4, stride: 1 }] })[0],
  }))
  const feed = new Map([['x', new Float64Array(4 * 8 * 8)]])
  t.throws(() => interpret(unknown, feed, none), {
    name: 'NetworkError',
    message: /foreign operator Relu.*\n.*interpret\.test.*Relu/,
  })
  const known = small((x) => ({ y: conv(x, 1, { kernel: 1 }) }))
  t.throws(() => interpret(known, new Map(), none), { message: /input x is not fed/ })
  t.throws(() => interpret(known, feed, none), { message: /0\.weight has 0 values for 4/ })
  const short = new Map([['x', new Float64Array(3)]])
  t.throws(() => interpret(known, short, none), { message: /x has 3 values for 256/ })
  const free = model('free', image(4, { name: 'x' }), (x) => ({ y: x }))
  t.throws(() => interpret(free.graph, feed, none), { message: /open size/ })
  t.end()
})

t.test('chains as long as memory holds are interpreted without recursion', (t) => {
  const type = { element: 'float32', shape: [1] } as const
  const input = make('input', {}, { name: 'x', type }, origin)
  let value: Value = input
  for (let n = 0; n < 30_000; n++) value = make('add', { left: value, right: input }, {}, origin)
  const graph = { name: 'chain', inputs: [input], outputs: [{ name: 'y', value }] }
  const values = interpret(graph, new Map([['x', Float64Array.of(2)]]), () => new Float64Array(0))
  t.same(values.get(value), Float64Array.of(60_002))
  t.end()
})

t.test('a softmax adds up to 1 along its axis, also where e^x would overflow', (t) => {
  const scores = (x: Feature<1, 1>) => softmax(concat(x, add(x, x)))
  const [a = 0, b = 0, c = 0, d = 0] = made(scores, [[0, 1000]])
  t.same([a, c, b, d], [0.5, 0.5, 0, 1])
  t.end()
})

t.test('an argMax is the first of the largest', (t) => {
  const best = (x: Feature<1, 1>) => argMax(concat(x, relu(x), tanh(x)))
  t.same(made(best, [[-2, 0, 3]]), [1, 0, 0])
  t.end()
})

t.test('a cast to whole numbers cuts towards zero, and truth is what is not 0', (t) => {
  const cast = (to: 'int32' | 'bool') => (x: Feature<1, 1>) =>
    new Tensor(make('cast', { input: x.value }, { to }, origin), x.trace)
  t.same(made(cast('int32'), [[-2.75, 0.5, 3]]), [-2, 0, 3])
  t.same(made(cast('bool'), [[-2.75, 0, 3]]), [1, 0, 1])
  t.end()
})

t.test('a transpose puts axis order[i] on axis i', (t) => {
  const turned = (order: readonly number[]) => (x: Feature<1, 1>) =>
    new Tensor(make('transpose', { input: concat(x, add(x, x)).value }, { order }, origin), x.trace)
  const both = [...rows.flat(), ...rows.flat().map((x) => 2 * x)]
  t.same(made(turned([0, 2, 3, 1]), rows), [1, 2, 2, 4, 3, 6, 4, 8, 5, 10, 6, 12])
  t.same(made(turned([1, 0, 3, 2]), rows), [1, 4, 2, 5, 3, 6, 2, 8, 4, 10, 6, 12])
  t.same(made(turned([0, 1, 2, 3]), rows), both)
  t.end()
})
