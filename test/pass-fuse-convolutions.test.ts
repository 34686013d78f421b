import t from 'tap'
import type { Graph } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import {
  add,
  conv,
  type Feature,
  maxPool,
  parameter,
  relu,
  relu6,
  type Tensorial,
} from '../src/index.js'
import { fuseConvolutions } from '../src/passes/fuse-convolutions.js'
import { narrowToFloat16 } from '../src/passes/narrow-to-float16.js'
import { sameInRuntime } from './support/pass-in-runtime.js'
import { applied, small, text } from './support/passes.js'

const layer = (x: Feature<4, 1>, name = 'conv', bias = true) =>
  conv(x, 4, { kernel: 3, bias, name })

t.test('a convolution takes in its bias, the sum behind it and the ReLU of that', async (t) => {
  const body = (x: Feature<4, 1>) => ({
    y: relu(add(layer(x), x)),
    z: relu(layer(maxPool(x, { kernel: 3, stride: 1 }), 'alone', false), { name: 'end' }),
    bare: relu(add(x, layer(x, 'bare', false)), { name: 'last' }),
  })
  const { graph, fired, declined } = applied(t, fuseConvolutions, small(body))
  t.equal(fired, 3)
  t.same(declined, [])
  t.equal(
    text(graph),
    `x                                                   [1, 4, 8, 8]
%1 = fusedConv(x, .weight, .bias, plus x, 3x3, padding 1)  [1, 4, 8, 8]  conv
%2 = maxPool(x, 3x3, padding 1)                     [1, 4, 8, 8]  1
%3 = fusedConv(%2, .weight, 3x3, padding 1)         [1, 4, 8, 8]  alone
%4 = fusedConv(x, .weight, plus x, 3x3, padding 1)  [1, 4, 8, 8]  bare
y = %1
z = %3
bare = %4`,
  )
  await sameInRuntime(t, fuseConvolutions, body)
})

t.test('of two convolutions the last in the sum, or the one that nothing else reads', (t) => {
  const both = applied(
    t,
    fuseConvolutions,
    small((x) => ({ y: relu(add(layer(x, 'first'), layer(x, 'last'))) })),
  )
  t.match(text(both.graph), /plus %1.*last\n/)
  const kept = applied(
    t,
    fuseConvolutions,
    small((x) => {
      const last = layer(x, 'last')
      return { y: relu(add(layer(x, 'first'), last)), last }
    }),
  )
  t.match(text(kept.graph), /plus %1.*first\n/)
  t.end()
})

t.test('it stays apart, each time for its reason', (t) => {
  const reason = (graph: Graph): string | undefined => {
    const { fired, declined } = applied(t, fuseConvolutions, graph)
    t.equal(fired, 0)
    return declined[0]?.reason
  }
  const read = (body: (y: Tensorial, sum: Tensorial) => Record<string, Tensorial>): Graph =>
    small((x) => {
      const y = layer(x)
      const sum = add(y, x)
      return { ...body(y, sum), end: relu(sum) }
    })
  t.equal(reason(read((y) => ({ y }))), 'conv is read 2 times')
  t.equal(reason(read((_, sum) => ({ sum }))), 'add is read 2 times')
  const other = small((x) => ({ y: relu6(layer(x)) }))
  t.equal(reason(other), 'no kernel takes a relu6 in')
  const broadcast = small((x) => ({ y: relu(add(layer(x), parameter('p', [4, 1, 1]))) }))
  t.equal(reason(broadcast), 'the sum broadcasts')
  t.equal(
    reason(small((x) => ({ y: relu(add(x, maxPool(x, { kernel: 3, stride: 1 }))) }))),
    undefined,
  )
  t.end()
})

t.test('nothing of float16 is taken in, and what was taken in stays float32', (t) => {
  const graph = small((x) => ({ y: relu(layer(x)) }))
  const half = narrowToFloat16.run(graph).graph
  t.match(fuseConvolutions.run(half).declined, [
    { reason: 'no kernel takes in what is of float16' },
  ])
  const fused = fuseConvolutions.run(graph).graph
  const { graph: narrowed, declined } = narrowToFloat16.run(fused)
  t.equal(narrowed, fused)
  t.match(declined, [{ reason: /float32/ }])
  t.end()
})

t.test('what a convolution adds has the type of what it makes', (t) => {
  const [{ value } = {}] = small((x) => ({ y: layer(x) })).outputs
  if (value?.kind !== 'conv') return t.end()
  const { inputs, attributes, origin } = value
  const addend = small((x) => ({ y: maxPool(x, { kernel: 2, stride: 2 }) })).outputs[0]?.value
  t.throws(() => make('fusedConv', { ...inputs, addend }, attributes, origin), {
    message: /a convolution to \[1, 4, 8, 8\] that adds \[1, 4, 4, 4\]/,
  })
  t.end()
})
