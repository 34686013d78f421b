import t from 'tap'
import { compile } from '../src/compile.js'
import { type Graph, nodesOf, operationsOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { Node, NodeOf, Value } from '../src/compiler/node.js'
import { print } from '../src/compiler/print.js'
import { type Pass, Refusal, rewrite } from '../src/compiler/rewrite.js'
import {
  add,
  batchNorm,
  concat,
  conv,
  type Feature,
  HeddleError,
  InputError,
  InternalError,
  image,
  maxPool,
  model,
  relu,
  split,
  tanh,
} from '../src/index.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { pipeline } from '../src/passes/pipeline.js'
import { removeIdentities } from '../src/passes/remove-identities.js'
import { small } from './support/passes.js'

const twoReaders: Graph = small((x) => {
  const [a, b] = split(x, [2, 2])
  const inner = relu(a, { name: 'inner' })
  return { y: add(inner, b), z: inner }
})

t.test('where no rule fires, the graph is itself and each value equals itself', (t) => {
  const { graph, equals, firings } = rewrite(twoReaders, () => undefined)
  t.equal(graph, twoReaders)
  t.equal(firings.length, 0)
  for (const [old, now] of equals) t.equal(old, now)
  t.equal(equals.size, nodesOf(graph).length - 1, 'all but the split, which is no value')
  t.end()
})

t.test('a rule sees how often a node is read, outputs being readers', (t) => {
  const seen = new Map<string, number>()
  rewrite(twoReaders, (node, { readers }) => {
    seen.set(`${node.kind} ${node.origin.path}`, readers(node))
    return undefined
  })
  t.equal(seen.get('activation inner'), 2)
  t.equal(seen.get('split split'), 2)
  t.equal(seen.get('input x'), 1)
  t.end()
})

t.test('a rule sees what a node was, also where what it reads and it itself were replaced', (t) => {
  const [first] = twoReaders.outputs
  const seen: (readonly [string, boolean])[] = []
  rewrite(twoReaders, (node, { old }) => {
    if (node.kind === 'add' || node.kind === 'identity')
      seen.push([node.kind, node !== old && old === first?.value])
    if (node.kind === 'add') return make('identity', { input: node }, {}, node.origin)
    const { path } = node.origin
    return node.kind === 'activation' && path === 'inner'
      ? make('activation', node.inputs, node.attributes, { path: 'new', place: undefined })
      : undefined
  })
  t.same(seen, [
    ['add', true],
    ['identity', true],
  ])
  t.end()
})

t.test('all readers follow a node that is replaced, those of several results too', (t) => {
  const recut = (node: Node): Node | undefined =>
    node.kind === 'split' && node.origin.path !== 'new'
      ? make('split', node.inputs, node.attributes, { path: 'new', place: undefined })
      : undefined
  const { graph, equals } = rewrite(twoReaders, recut)
  t.equal(print(graph), print(twoReaders).replace(/ split$/m, ' new'))
  for (const [old, now] of equals)
    t.equal(old === now, old.kind === 'input', 'all but the input is rebuilt')
  t.end()
})

t.test('what the new graph does not compute any more equals nothing', (t) => {
  const graph = small((x) => ({ y: tanh(relu(x, { name: 'inner' })) }))
  const { equals } = rewrite(graph, (node) =>
    node.kind === 'activation' && node.attributes.function.name === 'tanh'
      ? make(
          'activation',
          { input: (node.inputs.input as NodeOf<'activation'>).inputs.input },
          { function: { name: 'sigmoid' } },
          node.origin,
        )
      : undefined,
  )
  const [inner, outer] = operationsOf(graph) as Value[]
  t.notOk(equals.has(inner as Value))
  t.equal(equals.get(outer as Value)?.kind, 'activation')
  t.end()
})

t.test(
  'a rule is asked again about what it made, and its refusals of what is gone are dropped',
  (t) => {
    const graph = small((x) => ({ y: relu(relu(relu(x)), { name: 'last' }) }))
    const { firings, declined } = rewrite(graph, (node) => {
      if (node.kind !== 'activation' || node.inputs.input.kind !== 'activation')
        return new Refusal('it is alone')
      return make('activation', node.inputs.input.inputs, node.attributes, node.origin)
    })
    t.equal(firings.length, 2)
    t.strictSame(
      declined.map(({ path }) => path),
      ['x', 'last'],
    )
    t.end()
  },
)

t.test('a rule that changes a type, or never rests, is a fault', (t) => {
  t.throws(
    () => rewrite(twoReaders, ({ kind }) => (kind === 'add' ? twoReaders.inputs[0] : undefined)),
    {
      name: 'InternalError',
    },
  )
  t.throws(
    () =>
      rewrite(twoReaders, (node) =>
        node.kind === 'add' ? make('add', node.inputs, {}, node.origin) : undefined,
      ),
    { message: 'never comes to rest' },
  )
  t.end()
})

const tiny = model('tiny', image(4, { size: [16, 24] }), (x) => {
  const first = relu(batchNorm(conv(x, 4, { kernel: 3 })))
  return { y: concat(first), z: maxPool(first, { kernel: 1, stride: 1 }) }
})

t.test('compile takes a network through the pipeline, and says what each pass did', (t) => {
  const { size, plain, graph, equals, passes } = compile(tiny, { passes: pipeline })
  t.strictSame(size, { batch: 1, height: 16, width: 24 })
  t.strictSame(
    passes.map(({ name, before, after, fired }) => ({ name, before, after, fired })),
    [
      { name: 'remove-identities', before: 5, after: 3, fired: 2 },
      { name: 'fold-constants', before: 3, after: 3, fired: 0 },
      { name: 'share-common', before: 3, after: 3, fired: 0 },
      { name: 'fold-batch-norm', before: 3, after: 2, fired: 1 },
    ],
  )
  t.ok(passes.every(({ ms }) => ms >= 0))
  const [y, z] = plain.outputs.map(({ value }) => equals.get(value))
  t.equal(y, graph.outputs[0]?.value, 'through all passes')
  t.equal(y, z)
  const after = new Set<Node>(nodesOf(graph))
  for (const now of equals.values()) t.ok(after.has(now))
  t.end()
})

t.test('compiled without passes, the network is as written', (t) => {
  const { plain, graph, equals } = compile(tiny, { passes: [], size: { height: 8 } })
  t.equal(graph, plain)
  t.strictSame(graph.inputs[0]?.type.shape, [1, 4, 8, 24])
  for (const node of operationsOf(plain)) t.equal(equals.get(node as Value), node)
  t.end()
})

t.test('sizes that are none are refused', (t) => {
  for (const size of [{ batch: 0 }, { height: -1 }, { width: 1.5 }, { height: { multiple: 0 } }])
    t.throws(() => compile(tiny, { size }), InputError)
  t.end()
})

t.test('a pass that fails is named, with those that ran before it', (t) => {
  const failing = (run: Pass['run']): readonly Pass[] => [
    removeIdentities,
    foldBatchNorm,
    { name: 'of-mine', equation: 'x = x', changes: 'nothing', run },
  ]
  const passes = failing(() => {
    throw new TypeError('it is undefined')
  })
  const message = 'pass of-mine failed after remove-identities, fold-batch-norm: '
  t.throws(() => compile(tiny, { passes }), {
    constructor: InternalError,
    message: `${message}TypeError: it is undefined`,
  })
  const breaking = failing((graph) => ({
    ...rewrite(graph, () => undefined),
    graph: { ...graph, outputs: [] },
  }))
  t.throws(() => compile(tiny, { passes: breaking }), {
    message: `${message}tiny: the graph breaks`,
  })
  t.ok(new InternalError('x') instanceof HeddleError)
  t.end()
})

t.test('under a pass that rebuilds every node, HRNetV2-W18 compiles to the same text', (t) => {
  const copied = new Set<Node>()
  const rebuild: Pass = {
    name: 'rebuild',
    equation: 'x = x',
    changes: 'nothing',
    run: (graph) =>
      rewrite(graph, (node) => {
        if (copied.has(node)) return undefined
        const copy = { ...node }
        copied.add(copy)
        return copy
      }),
  }
  const network = hrnetV2(18)
  const size = { height: 64, width: 64 }
  const once = compile(network, { size, passes: pipeline })
  const rebuilt = compile(network, {
    size,
    passes: pipeline.flatMap((pass) => [rebuild, pass]),
  })
  t.equal(print(rebuilt.graph), print(once.graph))
  t.equal(operationsOf(once.graph).length, operationsOf(once.plain).length - 306)
  t.strictSame(
    once.passes.flatMap(({ declined }) => declined),
    [],
  )
  t.end()
})

t.test('a chain of 30,000 layers compiles and prints', (t) => {
  const chain = model('chain', image(2), (x) => {
    let y: Feature<2, 1> = x
    for (let i = 0; i < 10_000; i++) y = relu(batchNorm(conv(y, 2, { kernel: 1 })))
    return { y }
  })
  const { plain, graph } = compile(chain, { size: { height: 2, width: 2 } })
  t.equal(operationsOf(plain).length, 30_000)
  t.equal(operationsOf(graph).length, 20_000)
  t.equal(print(graph).split('\n').length, 3 + 20_000 + 30_000)
  t.end()
})
