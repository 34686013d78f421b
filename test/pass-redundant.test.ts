import t from 'tap'
import { type Graph, nodesOf, operationsOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { Origin, Value } from '../src/compiler/node.js'
import {
  add,
  averagePool,
  concat,
  conv,
  foreign,
  globalPool,
  maxPool,
  multiply,
  parameter,
  relu,
  relu6,
  resize,
  sigmoid,
  split,
  tanh,
} from '../src/index.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import { foldConstants } from '../src/passes/fold-constants.js'
import { removeIdentities } from '../src/passes/remove-identities.js'
import { shareCommon } from '../src/passes/share-common.js'
import { applied, sized, small, text } from './support/passes.js'

const origin: Origin = { path: 'made', place: undefined }

/** A graph whose one output is made of the output of another. */
function followed(graph: Graph, body: (value: Value) => Value): Graph {
  const [first] = graph.outputs
  return { ...graph, outputs: [{ name: 'y', value: body(first?.value as Value) }] }
}

t.test('identities are left out, each by its equation', (t) => {
  const graph = small((x) => ({ y: relu(conv(x, 4, { kernel: 1, name: 'conv' })) }))
  const wrapped: Record<string, Graph> = {
    identity: followed(graph, (input) => make('identity', { input }, {}, origin)),
    reshape: followed(graph, (input) =>
      make('reshape', { input }, { sides: ['same', 4, 'rest', 8] }, origin),
    ),
    'split into one part': followed(graph, (input) => {
      const of = make('split', { input }, { axis: 1, sizes: [4] }, origin)
      return make('result', { of }, { index: 0 }, origin)
    }),
    'cast to its own type': followed(graph, (input) =>
      make('cast', { input }, { to: 'float32' }, origin),
    ),
    'transpose in its own order': followed(graph, (input) =>
      make('transpose', { input }, { order: [0, 1, 2, 3] }, origin),
    ),
    'resize by a ratio of 1': small((x) => ({ y: resize(x, 1, { mode: 'nearest' }) })),
    'resize to its own size': small((x) => ({
      y: resize(x, relu(x), { mode: 'bilinear', alignCorners: true }),
    })),
    'pool of one pixel': small((x) => ({ y: maxPool(x, { kernel: 1, stride: 1 }) })),
    'concat of one': small((x) => ({ y: concat(x) })),
    'concat of all parts': small((x) => ({ y: concat(...split(x, [1, 3])) })),
    'relu of relu': small((x) => ({ y: relu(relu(x)) })),
    'relu of sigmoid': small((x) => ({ y: relu(sigmoid(x)) })),
    'relu6 of relu6': small((x) => ({ y: relu6(relu6(x)) })),
    'global pool of one pixel': followed(
      small((x) => ({ y: globalPool(x) })),
      (input) => {
        const map = make('reshape', { input }, { sides: ['same', 4, 1, 1] }, origin)
        return make('globalPool', { input: map }, { operator: 'max' }, origin)
      },
    ),
  }
  for (const [name, each] of Object.entries(wrapped)) {
    const { fired, graph: after } = applied(t, removeIdentities, each)
    t.equal(fired, 1, name)
    t.ok(operationsOf(after).length < operationsOf(each).length, name)
  }
  t.end()
})

t.test('identities upon one another all go, and an output may be the input', (t) => {
  const graph = small((x) => ({
    y: relu(maxPool(concat(resize(x, 1, { mode: 'nearest' })), { kernel: 1, stride: 1 })),
    same: concat(x),
  }))
  const { graph: after } = applied(t, removeIdentities, graph)
  t.equal(
    text(after),
    `x             [1, 4, 8, 8]
%1 = relu(x)  [1, 4, 8, 8]  ${graph.outputs[0]?.value.origin.path}
y = %1
same = x`,
  )
  t.end()
})

t.test('what changes something stays', (t) => {
  const graph = small((x) => {
    const [a, b] = split(x, [2, 2])
    return {
      turned: concat(b, a),
      half: concat(a),
      smoothed: averagePool(x, { kernel: 3, stride: 1 }),
      halved: maxPool(x, { kernel: 2, stride: 2 }),
      cut: relu6(relu(x)),
      raised: tanh(relu(x)),
      grown: resize(maxPool(x, { kernel: 2, stride: 2 }), 1, { mode: 'nearest' }),
    }
  })
  const { fired } = applied(t, removeIdentities, graph)
  t.equal(fired, 1, 'the concat of one')
  const stacked = followed(
    small((x) => ({ y: x })),
    (input) => {
      const of = make('split', { input }, { axis: 1, sizes: [2, 2] }, origin)
      const parts = [0, 1].map((index) => make('result', { of }, { index }, origin))
      return make('concat', { parts }, { axis: 2 }, origin)
    },
  )
  t.equal(removeIdentities.run(stacked).graph, stacked, 'parts put together along another axis')
  const turned = followed(graph, (input) => {
    const whole = make('cast', { input }, { to: 'int32' }, origin)
    return make('transpose', { input: whole }, { order: [0, 1, 3, 2] }, origin)
  })
  const { fired: rest, graph: after } = applied(t, removeIdentities, turned)
  t.equal(rest, 0, 'another type, and another order')
  t.equal(after, turned)
  t.end()
})

t.test('what reads constants alone becomes a constant', (t) => {
  const graph = small((x) => {
    const gain = relu(sigmoid(parameter('gain', [4, 1, 1])), { name: 'relu' })
    return { y: add(multiply(x, gain), gain) }
  })
  const { graph: after, fired } = applied(t, foldConstants, graph)
  t.equal(fired, 2)
  t.equal(
    text(after),
    `x                     [1, 4, 8, 8]
%1 = multiply(x, $2)  [1, 4, 8, 8]  multiply
%2 = add(%1, $2)      [1, 4, 8, 8]  add
y = %2
$1 = sigmoid(gain)  [4, 1, 1]  0
$2 = relu($1)       [4, 1, 1]  relu`,
  )
  t.end()
})

t.test('a split of a constant becomes a constant for each part that is read', (t) => {
  const weights = (): Value =>
    make('parameter', {}, { name: 'p', shape: [1, 4, 1, 1], role: 'free' }, origin)
  const graph = followed(
    small((x) => ({ y: x })),
    (left) => {
      const of = make('split', { input: weights() }, { axis: 1, sizes: [3, 1] }, origin)
      const right = make('result', { of }, { index: 1 }, origin)
      return make('add', { left, right }, {}, origin)
    },
  )
  const { graph: after } = applied(t, foldConstants, graph)
  t.equal(operationsOf(after).length, 1)
  t.match(text(after), '$1 = split(p, 3 + 1).1')
  t.end()
})

t.test('what is foreign is neither folded nor shared', (t) => {
  const graph = small((x) => {
    const draw = () =>
      foreign('RandomUniformLike', {
        inputs: [parameter('p', [4, 1, 1])],
        results: [{ kind: 'tensor', shape: [4, 1, 1] }],
      })[0]
    const [again] = foreign('RandomUniformLike', {
      inputs: [x],
      results: [{ kind: 'tensor', shape: [4, 1, 1] }],
    })
    const [more] = foreign('RandomUniformLike', {
      inputs: [x],
      results: [{ kind: 'tensor', shape: [4, 1, 1] }],
    })
    return { y: add(x, draw(), again, more) }
  })
  for (const pass of [foldConstants, shareCommon, removeIdentities])
    t.equal(pass.run(graph).graph, graph, pass.name)
  t.end()
})

t.test('what is computed twice is computed once, under the name of the first', (t) => {
  const graph = small((x) => {
    const both = () => split(x, [2, 2])
    const [[a], [, b]] = [both(), both()]
    return { y: add(relu(a, { name: 'first' }), relu(a, { name: 'second' }), b), z: relu(b) }
  })
  const { graph: after, fired } = applied(t, shareCommon, graph)
  t.equal(fired, 2, 'a split and a ReLU')
  t.equal(
    text(after),
    `x                     [1, 4, 8, 8]
%1 = split(x, 2 + 2)  [1, 2, 8, 8] [1, 2, 8, 8]  split
%2 = relu(%1.0)       [1, 2, 8, 8]               first
%3 = add(%2, %2)      [1, 2, 8, 8]               add
%4 = add(%3, %1.1)    [1, 2, 8, 8]               add
%5 = relu(%1.1)       [1, 2, 8, 8]               ${graph.outputs[1]?.value.origin.path}
y = %4
z = %5`,
  )
  t.end()
})

t.test('constants that are derived alike are one', (t) => {
  const graph = small((x) => {
    const gain = parameter('gain', [4, 1, 1])
    return { y: add(multiply(x, sigmoid(gain)), sigmoid(gain), tanh(gain)) }
  })
  const { graph: derived } = foldConstants.run(graph)
  const { graph: after } = applied(t, shareCommon, derived)
  t.equal(nodesOf(after).filter(({ kind }) => kind === 'derived').length, 2)
  t.end()
})

t.test('what differs in an attribute, an operand or its order is not shared', (t) => {
  const graph = small((x) => {
    const [a, b] = split(x, [2, 2])
    const small = maxPool(x, { kernel: 2, stride: 2 })
    return {
      one: concat(a, b, a),
      other: concat(b, a, a),
      nearest: resize(small, 1, { mode: 'nearest' }),
      bilinear: resize(small, 1, { mode: 'bilinear' }),
      cornered: resize(small, 1, { mode: 'bilinear', alignCorners: true }),
      conv: conv(x, 4, { kernel: 1 }),
      likewise: conv(x, 4, { kernel: 1 }),
    }
  })
  t.equal(shareCommon.run(graph).graph, graph)
  t.end()
})

t.test('HRNetV2-W18 holds nothing redundant: these passes give its graph back', (t) => {
  const graph = sized(hrnetV2(18), 64, 64)
  for (const pass of [removeIdentities, foldConstants, shareCommon]) {
    const { graph: after, firings } = pass.run(graph)
    t.equal(after, graph, pass.name)
    t.equal(firings.length, 0)
  }
  t.end()
})
