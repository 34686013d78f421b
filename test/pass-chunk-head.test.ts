import t from 'tap'
import { nodesOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import { peakActivations } from '../src/compiler/memory.js'
import { rewrite } from '../src/compiler/rewrite.js'
import { asListed, depthFirst } from '../src/compiler/running.js'
import {
  add,
  conv,
  type Feature,
  image,
  maxPool,
  model,
  multiply,
  type Outputs,
  parameter,
  relu,
  resize,
} from '../src/index.js'
import { chunkHead } from '../src/passes/chunk-head.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const wide = (x: Feature<4>, channels = 64) =>
  conv(x as Feature<4, 1>, channels, { kernel: 1, bias: true, name: 'wide' })
const head = (x: Feature<number, 1>) => conv(x, 2, { kernel: 1, bias: true, name: 'head' })
const half = (x: Feature<4, 1>) => maxPool(x, { kernel: 2, stride: 2, name: 'half' })
const simple = (x: Feature<4, 1>): Outputs => ({ y: head(relu(wide(x))) })

t.test('hidden channels are computed and consumed in chunks', async (t) => {
  const graph = small(simple)
  t.equal(
    text(graph),
    `x                                   [1, 4, 8, 8]
%1 = conv(x, .weight, .bias, 1x1)   [1, 64, 8, 8]  wide
%2 = relu(%1)                       [1, 64, 8, 8]  0
%3 = conv(%2, .weight, .bias, 1x1)  [1, 2, 8, 8]   head
y = %3`,
  )
  const { graph: after, declined } = applied(t, chunkHead, graph)
  t.equal(
    text(after),
    `x                                 [1, 4, 8, 8]
%1 = conv(x, $1, $2, 1x1)         [1, 16, 8, 8]  wide
%2 = relu(%1)                     [1, 16, 8, 8]  0
%3 = conv(%2, $3, 1x1)            [1, 2, 8, 8]   head
%4 = conv(x, $4, $5, 1x1)         [1, 16, 8, 8]  wide
%5 = relu(%4)                     [1, 16, 8, 8]  0
%6 = conv(%5, $6, 1x1)            [1, 2, 8, 8]   head
%7 = add(%6, %3)                  [1, 2, 8, 8]   head
%8 = conv(x, $7, $8, 1x1)         [1, 16, 8, 8]  wide
%9 = relu(%8)                     [1, 16, 8, 8]  0
%10 = conv(%9, $9, 1x1)           [1, 2, 8, 8]   head
%11 = add(%7, %10)                [1, 2, 8, 8]   head
%12 = conv(x, $10, $11, 1x1)      [1, 16, 8, 8]  wide
%13 = relu(%12)                   [1, 16, 8, 8]  0
%14 = conv(%13, $12, .bias, 1x1)  [1, 2, 8, 8]   head
%15 = add(%11, %14)               [1, 2, 8, 8]   head
y = %15
$1 = split(.weight, 16 + 16 + 16 + 16, axis 0).0   [16, 4, 1, 1]  wide.weight
$2 = split(.bias, 16 + 16 + 16 + 16, axis 0).0     [16]           wide.bias
$3 = split(.weight, 16 + 16 + 16 + 16).0           [2, 16, 1, 1]  head.weight
$4 = split(.weight, 16 + 16 + 16 + 16, axis 0).1   [16, 4, 1, 1]  wide.weight
$5 = split(.bias, 16 + 16 + 16 + 16, axis 0).1     [16]           wide.bias
$6 = split(.weight, 16 + 16 + 16 + 16).1           [2, 16, 1, 1]  head.weight
$7 = split(.weight, 16 + 16 + 16 + 16, axis 0).2   [16, 4, 1, 1]  wide.weight
$8 = split(.bias, 16 + 16 + 16 + 16, axis 0).2     [16]           wide.bias
$9 = split(.weight, 16 + 16 + 16 + 16).2           [2, 16, 1, 1]  head.weight
$10 = split(.weight, 16 + 16 + 16 + 16, axis 0).3  [16, 4, 1, 1]  wide.weight
$11 = split(.bias, 16 + 16 + 16 + 16, axis 0).3    [16]           wide.bias
$12 = split(.weight, 16 + 16 + 16 + 16).3          [2, 16, 1, 1]  head.weight`,
  )
  t.same([peakActivations(graph), peakActivations(after)], [32768, 9728], 'bytes at the peak')
  t.same(declined, [], 'of its own chunks it does not say why they are not cut further')
  await sameInRuntime(t, chunkHead, simple)
})

t.test('so are sums of them, resized or not, and uneven ones by whole blocks', async (t) => {
  const net = (x: Feature<4, 1>): Outputs => {
    const coarse = conv(half(x), 40, { kernel: 1, name: 'coarse' })
    return { y: head(relu(add(wide(x, 40), resize(coarse, x, { mode: 'bilinear' })))) }
  }
  const { graph, fired } = applied(t, chunkHead, small(net))
  t.equal(fired, 1)
  t.match(text(graph), 'split(.weight, 8 + 16 + 16, axis 0).0')
  await sameInRuntime(t, chunkHead, net)
})

t.test('where a peak was lowered, the next one may be at another head', (t) => {
  const graph = small((x) => {
    const first = relu(conv(relu(wide(x, 128)), 4, { kernel: 1, name: 'first' }))
    return { y: head(relu(conv(first, 64, { kernel: 1, name: 'second' }))) }
  })
  const { graph: after, firings } = applied(t, chunkHead, graph)
  t.same(
    firings.map(({ before }) => before.origin.path),
    ['first', 'head'],
  )
  t.ok(peakActivations(after) < peakActivations(graph) / 2)
  t.end()
})

t.test('each chunk is consumed before the next one begins, in ONNX Runtime too', (t) => {
  const { graph } = chunkHead.run(small(simple))
  for (const running of [asListed, depthFirst]) {
    const convs = running(nodesOf(graph)).filter(({ kind }) => kind === 'conv')
    t.same(
      convs.map(({ origin }) => origin.path),
      ['wide', 'head', 'wide', 'head', 'wide', 'head', 'wide', 'head'],
    )
  }
  t.end()
})

const stays: Readonly<
  Record<string, readonly [body: (x: Feature<4, 1>) => Outputs, reason: string]>
> = {
  'one block of channels': [
    (x) => ({ y: head(relu(wide(x, 16))) }),
    'its 16 hidden channels are one block of 16',
  ],
  'a peak elsewhere': [
    (x) => ({ y: head(relu(wide(x, 32))), z: relu(conv(relu(x), 256, { kernel: 3 })) }),
    'most activations are alive elsewhere, where nothing that it hides is',
  ],
  'what it hides is read elsewhere': [
    (x) => {
      const hidden = relu(wide(x), { name: 'relu' })
      return { y: head(hidden), z: relu(hidden) }
    },
    'relu before it is read 2 times',
  ],
  'a convolution of 3x3 among it': [
    (x) => ({ y: head(relu(add(wide(x), conv(x, 64, { kernel: 3, bias: true, name: 'three' })))) }),
    'three before it is no 1x1 convolution over all channels, with constants',
  ],
  'a product among it': [
    (x) => {
      const product = multiply(wide(x), parameter('factor', [1]))
      return { y: head(relu(add(product, conv(x, 64, { kernel: 1, name: 'other' })))) }
    },
    'multiply before it is no 1x1 convolution over all channels, with constants',
  ],
  'an offset of each channel': [
    (x) => ({ y: head(relu(add(wide(x), parameter('shift', [64, 1, 1])))) }),
    'add before it adds what is spread over a map',
  ],
  groups: [
    (x) => ({ y: conv(relu(wide(x)), 2, { kernel: 1, groups: 2, name: 'head' }) }),
    'it has groups, or a weight that is computed',
  ],
  'what is alive besides is most of it': [
    (x) => ({ z: conv(x, 1024, { kernel: 1 }), y: head(relu(wide(x, 32))) }),
    'the peak is 279 kB as it stands, 271 kB so, which is not 5 % less',
  ],
}

t.test('it stays, and says why', (t) => {
  for (const [name, [body, reason]] of Object.entries(stays)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, chunkHead, graph)
    t.equal(after, graph, name)
    t.same(declined, [{ path: 'head', reason }], name)
  }
  t.end()
})

t.test('a weight that is computed from the input stays whole', (t) => {
  const { graph } = rewrite(small(simple), (node) => {
    if (node.kind !== 'conv' || node.origin.path !== 'head') return undefined
    if (node.inputs.weight.kind === 'identity') return undefined
    const weight = make('identity', { input: node.inputs.weight }, {}, node.origin)
    return make('conv', { ...node.inputs, weight }, node.attributes, node.origin)
  })
  const { declined } = applied(t, chunkHead, graph)
  t.same(declined, [{ path: 'head', reason: 'it has groups, or a weight that is computed' }])
  t.end()
})

t.test('of open sides it says which node has them', (t) => {
  const { graph } = model('open', image(4, { name: 'x' }), simple)
  const { graph: after, declined } = chunkHead.run(graph)
  t.equal(after, graph)
  t.same(declined, [{ path: 'head', reason: 'its bytes are not known: input x is of any size' }])
  t.end()
})

t.test('it has no say where no 1x1 convolution is hidden before another', (t) => {
  for (const body of [
    (x: Feature<4, 1>) => ({ y: head(wide(x)) }),
    (x: Feature<4, 1>) => ({ y: head(relu(conv(x, 64, { kernel: 3 }))) }),
    (x: Feature<4, 1>) => ({ y: conv(relu(wide(x)), 2, { kernel: 3 }) }),
  ]) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, chunkHead, graph)
    t.equal(after, graph)
    t.same(declined, [])
  }
  t.end()
})
