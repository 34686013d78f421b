import {
  adaptivePool,
  crossAttention,
  type Feature,
  image,
  model,
  multiply,
  spatialGather,
  split,
} from 'heddle'
import t from 'tap'
import { interpret } from '../src/compiler/interpret.js'
import type { Value } from '../src/compiler/node.js'
import { sized } from './support/passes.js'

const [height, width] = [2, 3]
const positions = [0, 1, 2, 3, 4, 5]

/** Numbers of a map of five channels, between −1 and 1. */
const map = Float64Array.from({ length: 5 * 6 }, (_, i) => Math.sin(3 * i + 1))
const at = (channel: number, position: number): number => map[6 * channel + position] as number

function computed(body: (x: Feature<5, 1>) => Feature): Float64Array {
  const graph = sized(
    model('net', image(5, { name: 'x' }), (x) => ({ y: body(x) })),
    height,
    width,
  )
  const none = (): never => t.fail('it has no parameters') as never
  return interpret(graph, new Map([['x', map]]), none).get(
    graph.outputs[0]?.value as Value,
  ) as Float64Array
}

function softmax(scores: readonly number[]): readonly number[] {
  const sum = scores.reduce((total, score) => total + Math.exp(score), 0)
  return scores.map((score) => Math.exp(score) / sum)
}

t.test('a region is the mean of all positions, weighted by its scores over them', async (t) => {
  const regions = computed((x) => {
    const [pixels, scores] = split(x, [3, 2])
    return spatialGather(pixels, scores)
  })
  const weights = [3, 4].map((channel) => softmax(positions.map((p) => at(channel, p))))
  const expected = [0, 1, 2].flatMap((channel) =>
    weights.map((each) => positions.reduce((sum, p) => sum + at(channel, p) * (each[p] ?? 0), 0)),
  )
  t.ok(apart(regions, expected) < 1e-12)
})

t.test('attention is the mean of values, weighted by how alike key and query are', async (t) => {
  const found = computed((x) => {
    const [query, key, value] = split(x, [2, 2, 1])
    return crossAttention(query, key, value)
  })
  const expected = positions.map((here) => {
    const alike = positions.map((p) => (at(0, here) * at(2, p) + at(1, here) * at(3, p)) / 2 ** 0.5)
    return softmax(alike).reduce((sum, weight, p) => sum + weight * at(4, p), 0)
  })
  t.ok(apart(found, expected) < 1e-12)
})

t.test('a feature of one position multiplies each position, one of more is refused', async (t) => {
  const scaled = computed((x) => multiply(x, adaptivePool(x, [1, 1])))
  const means = [0, 1, 2, 3, 4].map((c) => positions.reduce((sum, p) => sum + at(c, p) / 6, 0))
  const expected = means.flatMap((mean, c) => positions.map((p) => mean * at(c, p)))
  t.ok(apart(scaled, expected) < 1e-12)
  t.throws(() => computed((x) => multiply(x, adaptivePool(x, [1, 2]))), {
    message: /a product of .* strides differ/,
  })
})

function apart(a: Float64Array, b: readonly number[]): number {
  t.equal(a.length, b.length)
  return Math.max(...b.map((number, i) => Math.abs(number - (a[i] as number))))
}
