import t from 'tap'
import type { Costs } from '../src/compiler/costs.js'
import { type Graph, operationsOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { Origin, Value } from '../src/compiler/node.js'
import { type ConvOptions, concat, conv, type Feature, relu, split } from '../src/index.js'
import { mergeSiblings } from '../src/passes/merge-siblings.js'
import { splitSiblings } from '../src/passes/split-siblings.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

/** A convolution costs 5 µs and a split so many. */
const costs = (split: number): Costs => ({
  source: 'a test',
  unit: 'ns',
  misfit: 0,
  of: ({ kind }) => (kind === 'conv' ? 5000 : kind === 'split' ? split * 1000 : 0),
})
const merge = mergeSiblings(costs(1))
const part = splitSiblings(costs(9))

const layer = (
  x: Feature<4, 1>,
  width: number,
  name: string,
  options: Partial<ConvOptions<1>> = {},
): Feature<number, 1> => conv(x, width, { kernel: 1, name, ...options })

const siblings = (x: Feature<4, 1>) => ({
  a: layer(x, 3, 'a', { bias: true }),
  b: relu(layer(x, 2, 'b')),
  c: layer(x, 5, 'c', { bias: true }),
})

t.test('convolutions of one value are one, whose channels are split', async (t) => {
  const graph = small(siblings, 2)
  const { graph: after, fired, declined } = applied(t, merge, graph)
  t.equal(fired, 3)
  t.same(declined, [])
  t.equal(
    text(after),
    `x                          [2, 4, 8, 8]
%1 = conv(x, $1, $3, 1x1)  [2, 10, 8, 8]  a
%2 = split(%1, 3 + 2 + 5)  [2, 3, 8, 8] [2, 2, 8, 8] [2, 5, 8, 8]  a
%3 = relu(%2.1)            [2, 2, 8, 8]   0
a = %2.0
b = %3
c = %2.2
$1 = concat(.weight, b.weight, c.weight, axis 0)  [10, 4, 1, 1]  a.weight
$2 = literal(0, 0)                                [2]            b
$3 = concat(.bias, $2, c.bias, axis 0)            [10]           a.bias`,
  )
  await sameInRuntime(t, merge, siblings)
})

t.test('without any bias there is none, and each family is merged by itself', (t) => {
  const { graph, fired } = applied(
    t,
    merge,
    small((x) => ({
      a: layer(x, 3, 'a'),
      wide: layer(x, 3, 'wide', { kernel: 3 }),
      b: layer(x, 4, 'b'),
      wider: layer(x, 4, 'wider', { kernel: 3 }),
      dilated: layer(x, 4, 'dilated', { kernel: 3, dilation: 2 }),
    })),
  )
  t.equal(fired, 4)
  t.match(text(graph), /conv\(x, \$1, 1x1\)/)
  t.match(text(graph), /conv\(x, \$2, 3x3, padding 1\)/)
  t.match(text(graph), /conv\(x, \.weight, 3x3, padding 2, dilation/)
  t.end()
})

t.test('they stay several, each time for its reason', (t) => {
  const reasons = (graph: Graph, pass = merge): readonly string[] => {
    const { fired, declined } = applied(t, pass, graph)
    t.equal(fired, 0)
    return declined.map(({ reason }) => reason)
  }
  const two = (options: Partial<ConvOptions<1>>) =>
    small((x) => ({ a: layer(x, 4, 'a', options), b: layer(x, 4, 'b', options) }))
  t.same(
    reasons(two({}), mergeSiblings(costs(5))),
    new Array(2).fill('it costs 10 µs as it stands, 10 µs so'),
  )
  t.same(
    reasons(two({ groups: 2 })),
    new Array(2).fill('it has 2 groups, each of which reads other channels'),
  )
  t.same(
    reasons(live(2)),
    new Array(2).fill('the weight or bias of made is computed from the input'),
  )
  t.same(reasons(small((x) => ({ a: layer(x, 4, 'a'), b: layer(relu(x), 4, 'b') }))), [])
  const kernels = [1, 2].map((kernel) => (x: Feature<4, 1>) => conv(x, 4, { kernel, stride: 2 }))
  t.same(
    reasons(small((x) => Object.fromEntries(kernels.map((made, i) => [`y${i}`, made(x)])))),
    [],
  )
  t.end()
})

const origin: Origin = { path: 'made', place: undefined }
const attributes = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const

/** So many convolutions of x by a weight of four channels that is made of x itself; several are outputs, one is split. */
function live(count: number): Graph {
  const graph = small((x) => ({ y: relu(x) }))
  const input = graph.inputs[0] as Value
  const pooled = make('globalPool', { input }, { operator: 'max' }, origin)
  const weight = make('reshape', { input: pooled }, { sides: [1, 4, 1, 1] }, origin)
  const fours = make('concat', { parts: [weight, weight, weight, weight] }, { axis: 0 }, origin)
  const values = Array.from({ length: count }, () =>
    make('conv', { input, weight: fours }, attributes, origin),
  )
  return { ...graph, outputs: values.map((value, i) => ({ name: `y${i}`, value })) }
}

/** A graph whose first output is split along an axis, and the parts put out. */
function parted(graph: Graph, axis = 1, sizes: readonly number[] = [1, 3]): Graph {
  const [first, ...rest] = graph.outputs
  const of = make('split', { input: first?.value as Value }, { axis, sizes }, origin)
  const parts = sizes.map((_, index) => ({
    name: `part${index}`,
    value: make('result', { of }, { index }, origin),
  }))
  return { ...graph, outputs: [...parts, ...rest] }
}

t.test('a convolution that is split is one for each part that is read', async (t) => {
  const body = (x: Feature<4, 1>) => {
    const [a, , c] = split(layer(x, 6, 'conv', { kernel: 3, bias: true }), [1, 2, 3])
    return { y: concat(a, c) }
  }
  const { graph, fired, declined } = applied(t, part, small(body, 2))
  t.equal(fired, 2)
  t.same(declined, [])
  t.equal(
    text(graph),
    `x                                     [2, 4, 8, 8]
%1 = conv(x, $1, $2, 3x3, padding 1)  [2, 1, 8, 8]  split
%2 = conv(x, $3, $4, 3x3, padding 1)  [2, 3, 8, 8]  split
%3 = concat(%1, %2)                   [2, 4, 8, 8]  concat
y = %3
$1 = split(.weight, 1 + 2 + 3, axis 0).0  [1, 4, 3, 3]  conv.weight
$2 = split(.bias, 1 + 2 + 3, axis 0).0    [1]           conv.bias
$3 = split(.weight, 1 + 2 + 3, axis 0).2  [3, 4, 3, 3]  conv.weight
$4 = split(.bias, 1 + 2 + 3, axis 0).2    [3]           conv.bias`,
  )
  await sameInRuntime(t, part, body)
})

t.test('it undoes a merge', (t) => {
  const { graph: merged } = merge.run(small(siblings))
  const { graph } = applied(t, splitSiblings(costs(11)), merged)
  t.same(
    operationsOf(graph).map(({ kind, origin }) => `${kind} ${origin.path}`),
    ['conv a', 'conv b', 'activation 0', 'conv c'],
  )
  t.end()
})

t.test('it stays one, each time for its reason', (t) => {
  const reason = (graph: Graph, pass = part): string | undefined => {
    const { fired, declined } = applied(t, pass, graph)
    t.equal(fired, 0)
    return declined[0]?.reason
  }
  const one = (options: Partial<ConvOptions<1>> = {}): Graph =>
    small((x) => ({ y: layer(x, 4, 'conv', options) }))
  t.equal(reason(parted(one()), splitSiblings(costs(5))), 'it costs 10 µs as it stands, 10 µs so')
  const read = small((x) => {
    const y = layer(x, 4, 'conv')
    return { y, z: relu(y) }
  })
  t.equal(reason(parted(read)), 'conv before it is read 2 times')
  t.equal(reason(parted(one(), 2, [5, 3])), 'it is along axis 2, and channels are on axis 1')
  t.equal(reason(parted(one({ groups: 2 }))), 'conv has 2 groups')
  t.equal(reason(parted(live(1))), 'the weight or bias of made is computed from the input')
  t.equal(reason(parted(small((x) => ({ y: relu(x) })))), undefined)
  t.end()
})
