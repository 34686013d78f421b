import t from 'tap'
import { lower } from '../src/build/to-onnx.js'
import { elementCount } from '../src/compiler/dimension.js'
import { interpret } from '../src/compiler/interpret.js'
import type { Value } from '../src/compiler/node.js'
import { specialise } from '../src/compiler/specialise.js'
import {
  argMax,
  attention,
  batchNorm,
  concat,
  type Feature,
  feature,
  fromWindows,
  image,
  layerNorm,
  linear,
  type Model,
  matmul,
  model,
  relativePositionBias,
  softmax,
  type Tensorial,
  type Tokens,
  tokens,
  windows,
} from '../src/index.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { plain } from './support/emitted.js'

type Body = (x: Feature<1, 1>) => Tensorial
const net = (body: Body): Model => model('net', image(1, { name: 'x' }), (x) => ({ y: body(x) }))

/** What a network makes of one channel, given as rows; parameters count from 0. */
function made(body: Body, rows: readonly (readonly number[])[]): number[] {
  const [height, width] = [rows.length, rows[0]?.length ?? 0]
  const graph = specialise(net(body).graph, { batch: 1, height, width })
  const values = interpret(graph, new Map([['x', Float64Array.from(rows.flat())]]), ({ type }) =>
    Float64Array.from({ length: elementCount(type.shape) as number }, (_, i) => i),
  )
  return [...(values.get(graph.outputs[0]?.value as Value) as Float64Array)].map(
    (each) => Number(each.toPrecision(12)) + 0,
  )
}

const rows = [
  [1, 2, 3],
  [4, 5, 6],
]

t.test('positions become tokens row by row, and a map again', (t) => {
  const two = (x: Feature<1, 1>) => tokens(concat(x, x))
  t.same(made(two, rows), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
  t.same(
    made((x) => feature(two(x), x), rows),
    [...rows.flat(), ...rows.flat()],
  )
  t.same(
    made((x) => feature(windows(x, 3), [1, 9]), rows),
    [...rows.flat(), 0, 0, 0],
  )
  t.end()
})

t.test('windows have zeros around the centre of a map, the smaller half before it', (t) => {
  t.same(
    made((x) => windows(x, 2), rows),
    [1, 2, 4, 5, 3, 0, 6, 0],
  )
  t.same(
    made((x) => windows(x, 5), [[7, 8]]),
    [...new Array(11).fill(0), 7, 8, ...new Array(12).fill(0)],
  )
  t.same(
    made((x) => fromWindows(linear(windows(x, 2), 1), 2, x), rows),
    new Array(6).fill(0),
    'what is made in the windows comes back',
  )
  t.same(
    made((x) => fromWindows(windows(x, 4), 4, x), rows),
    rows.flat(),
  )
  t.end()
})

t.test('each query takes the values by how near its key is, in every head by itself', (t) => {
  const far = [[0, 1000]]
  const attended = (x: Feature<1, 1>) => attention(tokens(x), tokens(x), tokens(x))
  t.same(made(attended, far), [500, 1000])
  const inHeads = (x: Feature<1, 1>) => {
    const [none, all] = [linear(tokens(x), 1), tokens(x)].map((y) => feature(y, x)) as Feature[]
    const both = tokens(concat(none as Feature, all as Feature))
    return attention(both, both, tokens(concat(x, x)), { heads: 2 })
  }
  t.same(made(inHeads, far), [500, 500, 500, 1000])
  const regions = (x: Feature<1, 1>): Tokens =>
    matmul(softmax(tokens(x), 'tokens'), tokens(concat(x, x)), { transposeLeft: true })
  t.same(made(regions, far), [1000, 1000])
  t.end()
})

t.test('a relative position is how far down and across the first place is from the second', (t) => {
  t.same(
    made(() => relativePositionBias(2, 2), rows),
    [0, 1].flatMap((head) =>
      [4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4].map((row) => 2 * row + head),
    ),
  )
  t.end()
})

t.test('a layer norm takes mean and deviation of the channels of each place', (t) => {
  const normed = (x: Feature<1, 1>) => layerNorm(concat(x, linear3(x)), { epsilon: 1 })
  const linear3 = (x: Feature<1, 1>) => feature(linear(tokens(x), 3, { bias: false }), x)
  const expected = [2, 4].map((v) => {
    // Channels v, 0·v, 1·v, 2·v: their mean is v, their variance v²/2.
    const deviation = Math.sqrt((v * v) / 2 + 1)
    return [0, 1 - v / deviation, 2, 3 + (3 * v) / deviation]
  })
  t.same(
    made(normed, [[2, 4]]),
    [0, 1, 2, 3].flatMap((c) =>
      expected.map((place) => Number((place[c] as number).toPrecision(12))),
    ),
  )
  t.end()
})

t.test('what is of maps refuses tokens, and what is of tokens maps', (t) => {
  const refused = (body: Body, rule: string): void => {
    t.throws(() => net(body), { name: 'NetworkError', rule })
  }
  // @ts-expect-error
  refused((x) => batchNorm(tokens(x)), 'not-a-feature')
  // @ts-expect-error
  refused((x) => argMax(tokens(x)), 'not-a-feature')
  // @ts-expect-error
  refused((x) => feature(x, x), 'not-tokens')
  refused((x) => matmul(tokens(x), tokens(x)), 'shape')
  t.end()
})

t.test('windows of an open size are refused when they are written, with a remedy', (t) => {
  const body = (x: Feature<1, 1>) => fromWindows(windows(x, 7), 7, x)
  const { plain: graph } = plain(net(body), { height: { multiple: 1 } })
  t.throws(() => lower(graph, seeded(graph, 0)).emission(), {
    name: 'NetworkError',
    rule: 'open-size',
    message: /how many is open\n.*\n.*Give height and width in numbers/s,
  })
  t.end()
})
