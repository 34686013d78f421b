import t from 'tap'
import { nodesOf, operationsOf } from '../src/compiler/graph.js'
import {
  add,
  batchNorm,
  conv,
  convTranspose,
  globalPool,
  linear,
  relu,
  resize,
  scope,
  shared,
} from '../src/index.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { applied, sized, small, text } from './support/passes.js'

t.test('a batch norm after a convolution goes into its weight and bias', (t) => {
  const graph = small((x) => ({
    y: relu(batchNorm(conv(x, 6, { kernel: 3, groups: 2, name: 'conv' }), { name: 'bn' }), {
      name: 'relu',
    }),
  }))
  t.equal(
    text(graph),
    `x                                                [1, 4, 8, 8]
%1 = conv(x, .weight, 3x3, padding 1, groups 2)  [1, 6, 8, 8]  conv
%2 = batchNorm(%1, .*)                           [1, 6, 8, 8]  bn
%3 = relu(%2)                                    [1, 6, 8, 8]  relu
y = %3`,
  )
  const { graph: folded, fired, declined, equals } = applied(t, foldBatchNorm, graph)
  t.equal(
    text(folded),
    `x                                               [1, 4, 8, 8]
%1 = conv(x, $2, $3, 3x3, padding 1, groups 2)  [1, 6, 8, 8]  conv
%2 = relu(%1)                                   [1, 6, 8, 8]  relu
y = %2
$1 = normFactor(.weight, .running_var)         [6]           bn.factor
$2 = scaleChannels(.weight, $1)                [6, 2, 3, 3]  conv.weight
$3 = normOffset(bn.bias, bn.running_mean, $1)  [6]           conv.bias`,
  )
  t.equal(fired, 1)
  t.same(declined, [])
  const [convolution, norm] = operationsOf(graph)
  const [after] = operationsOf(folded)
  t.equal(equals.get(norm as never), after, 'the norm equals the new convolution')
  t.notOk(equals.has(convolution as never), 'the old convolution equals nothing any more')
  t.end()
})

t.test('it folds with a bias, transposed in groups, and into linear layers', (t) => {
  const graph = small((x) => {
    const wide = batchNorm(conv(x, 6, { kernel: 3, stride: 2, bias: true }), { epsilon: 0.01 })
    const up = convTranspose(wide, 4, { kernel: 4, stride: 2, groups: 2, bias: true })
    const vector = globalPool(relu(batchNorm(up)))
    return { y: batchNorm(linear(vector, 5, { bias: false })) }
  }, 2)
  const { graph: folded, fired } = applied(t, foldBatchNorm, graph)
  t.equal(fired, 3)
  t.match(text(folded), 'scaleChannels(.weight, $4, axis 1, groups 2)')
  t.end()
})

t.test('before an unpadded convolution or a linear layer it goes into the weights there', (t) => {
  const graph = small((x) => {
    const narrow = conv(batchNorm(relu(x)), 6, { kernel: 1, groups: 2, bias: true, name: 'conv' })
    const valid = conv(batchNorm(relu(narrow), { name: 'bn' }), 4, { kernel: 2, stride: 2 })
    return { y: linear(batchNorm(globalPool(valid)), 3, { name: 'fc' }) }
  }, 2)
  const { graph: folded, fired } = applied(t, foldBatchNorm, graph)
  t.equal(fired, 3)
  t.notOk(nodesOf(folded).some(({ kind }) => kind === 'batchNorm'))
  t.match(text(folded), 'throughWeight(.weight, $3, .bias, groups 2)')
  t.end()
})

t.test('norms in a row before a convolution all go into it', (t) => {
  const graph = small((x) => ({
    y: batchNorm(conv(batchNorm(batchNorm(x)), 3, { kernel: 1, name: 'conv' }), { name: 'last' }),
  }))
  const { graph: folded, fired } = applied(t, foldBatchNorm, graph)
  t.equal(fired, 3)
  t.equal(operationsOf(folded).length, 1)
  t.end()
})

t.test('shared weights are scaled for each reader, and kept for the others', (t) => {
  const graph = small((x) => {
    const twice = (from: typeof x) => shared('conv', () => conv(from, 4, { kernel: 3, name: 'c' }))
    const first = batchNorm(twice(x), { name: 'bn1' })
    const second = batchNorm(twice(relu(first)), { name: 'bn2' })
    return { y: add(second, twice(relu(second))) }
  })
  const { graph: folded, fired } = applied(t, foldBatchNorm, graph)
  t.equal(fired, 2)
  t.equal(
    nodesOf(folded).filter((node) => node.kind === 'derived' && node.type.shape.length === 4)
      .length,
    2,
  )
  t.ok(
    nodesOf(folded).some(
      (node) => node.kind === 'parameter' && node.attributes.name === 'conv.c.weight',
    ),
  )
  t.end()
})

t.test('layers that share weights and norm share what is derived', (t) => {
  const graph = small((x) => {
    const unit = (from: typeof x) =>
      shared('unit', () => batchNorm(conv(from, 4, { kernel: 3, name: 'conv' }), { name: 'bn' }))
    return { y: unit(relu(unit(x))) }
  })
  const { graph: folded } = applied(t, foldBatchNorm, graph)
  t.equal(nodesOf(folded).filter(({ kind }) => kind === 'derived').length, 3)
  t.end()
})

t.test('a refused norm stays, and says why', (t) => {
  const refusals = (graph: ReturnType<typeof small>) => {
    const { graph: after, fired, declined } = applied(t, foldBatchNorm, graph)
    t.equal(fired, 0)
    t.equal(after, graph, 'the same graph comes back')
    return declined
  }
  t.strictSame(
    refusals(
      small((x) => {
        const inner = conv(x, 4, { kernel: 3, name: 'conv' })
        return { y: add(batchNorm(inner, { name: 'bn' }), inner) }
      }),
    ),
    [{ path: 'bn', reason: 'conv before it is read 2 times: folded, it would be computed twice' }],
  )
  t.strictSame(
    refusals(
      small((x) => {
        const inner = conv(x, 4, { kernel: 3, name: 'conv' })
        return { y: batchNorm(inner, { name: 'bn' }), inner }
      }),
    ),
    [{ path: 'bn', reason: 'conv before it is read 2 times: folded, it would be computed twice' }],
    'an output is a reader',
  )
  t.strictSame(
    refusals(
      small((x) => ({
        y: conv(batchNorm(relu(x), { name: 'bn' }), 4, { kernel: 3, name: 'conv' }),
      })),
    ),
    [
      {
        path: 'bn',
        reason:
          'it follows an activation, which has no weights; conv after it pads with zeros, which have no offset',
      },
    ],
  )
  t.strictSame(
    refusals(
      small((x) => {
        const norm = batchNorm(x, { name: 'bn' })
        return { y: add(conv(norm, 4, { kernel: 1, name: 'conv' }), norm) }
      }),
    ),
    [
      {
        path: 'bn',
        reason: 'it follows an input, which has no weights; it is read 2 times, not by conv alone',
      },
    ],
  )
  t.strictSame(
    refusals(
      small((x) => {
        const norm = batchNorm(resize(relu(x), 2, { mode: 'nearest' }), { name: 'bn' })
        return { y: convTranspose(norm, 4, { kernel: 2, stride: 2, name: 'up' }) }
      }),
    ),
    [
      {
        path: 'bn',
        reason:
          'it follows a resize, which has no weights; up after it is transposed: its offset would be no bias',
      },
    ],
  )
  t.end()
})

t.test('a norm refused by the layer before goes into the one after', (t) => {
  const graph = small((x) => {
    const inner = conv(x, 4, { kernel: 3, name: 'conv' })
    const norm = batchNorm(inner, { name: 'bn' })
    return { inner, y: scope('after', () => conv(norm, 2, { kernel: 1 })) }
  })
  const { fired, declined } = applied(t, foldBatchNorm, graph)
  t.equal(fired, 1)
  t.strictSame(declined, [], 'what was refused first is forgotten')
  t.end()
})

t.test('all 306 batch norms of HRNetV2-W18 are folded', (t) => {
  const graph = sized(hrnetV2(18), 64, 64)
  const norms = nodesOf(graph).filter(({ kind }) => kind === 'batchNorm').length
  const { graph: folded, firings, declined } = foldBatchNorm.run(graph)
  t.equal(norms, 306)
  t.equal(firings.length, 306)
  t.strictSame(declined, [])
  t.notOk(nodesOf(folded).some(({ kind }) => kind === 'batchNorm'))
  t.equal(foldBatchNorm.run(folded).graph, folded)
  t.end()
})
