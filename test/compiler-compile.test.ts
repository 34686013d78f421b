import t from 'tap'
import { type CompileOptions, compile } from '../src/compile.js'
import type { Graph, Output } from '../src/compiler/graph.js'
import { nodesOf } from '../src/compiler/graph.js'
import { isValue, type NodeOf, type Value } from '../src/compiler/node.js'
import { type Pass, rewrite } from '../src/compiler/rewrite.js'
import {
  add,
  batchNorm,
  concat,
  conv,
  image,
  model,
  multiply,
  parameter,
  relu,
  sigmoid,
  split,
} from '../src/index.js'
import { foldConstants } from '../src/passes/fold-constants.js'
import { pipeline } from '../src/passes/pipeline.js'
import { removeIdentities } from '../src/passes/remove-identities.js'
import { difference } from './support/passes.js'

const net = model('net', image(4, { size: [8, 8], name: 'x' }), (x) => {
  const gate = sigmoid(relu(parameter('gain', [4, 1, 1])))
  const y = batchNorm(conv(concat(...split(x, [1, 3])) as typeof x, 4, { kernel: 3 }))
  return { y: multiply(relu(relu(y)), gate), z: add(relu(y), concat(y) as typeof y) }
})

t.test('which value equals which is followed through every pass', (t) => {
  const { plain, graph, equals, passes } = compile(net, { passes: pipeline })
  t.ok(
    passes.every(({ fired }) => fired > 0),
    'each pass has done something',
  )
  t.ok(difference(plain, { graph, equals }) <= 1e-12)
  let now: Graph = plain
  const steps = pipeline.map((pass) => {
    const rewriting = pass.run(now)
    now = rewriting.graph
    return rewriting.equals
  })
  const followed = (value: Value): Value | undefined =>
    steps.reduce<Value | undefined>((old, step) => old && step.get(old), value)
  const values = nodesOf(plain).filter(isValue)
  for (const value of values) {
    const [now, by] = [equals.get(value), followed(value)]
    t.strictSame([now?.kind, now?.origin], [by?.kind, by?.origin])
  }
  t.end()
})

t.test('a pass may not change what a network is given and gives', (t) => {
  const outputs = (change: (outputs: readonly Output[]) => readonly Output[]): Pass => ({
    name: 'of-mine',
    equation: 'x = x',
    changes: 'nothing',
    run: (graph) => ({
      ...rewrite(graph, () => undefined),
      graph: { ...graph, outputs: change(graph.outputs) },
    }),
  })
  const input: Pass = {
    name: 'of-mine',
    equation: 'x = x',
    changes: 'nothing',
    run: (graph) => {
      const [old] = graph.inputs as [NodeOf<'input'>]
      const value = { ...old, attributes: { ...old.attributes, name: 'other' } }
      return {
        ...rewrite(graph, () => undefined),
        graph: { ...graph, inputs: [value], outputs: [{ name: 'y', value }] },
      }
    },
  }
  const broken: readonly (readonly [Pass, string])[] = [
    [outputs(([y]) => [y as Output]), 'nothing of output z [1, 4, 8, 8]'],
    [outputs((all) => all.toReversed()), 'output z [1, 4, 8, 8] of output y [1, 4, 8, 8]'],
    [
      outputs((all) => [...all, { ...(all[0] as Output), name: 'more' }]),
      'output more [1, 4, 8, 8] of nothing',
    ],
    [input, 'input other [1, 4, 8, 8] of input x [1, 4, 8, 8]'],
  ]
  for (const [pass, what] of broken)
    t.throws(() => compile(net, { passes: [removeIdentities, foldConstants, pass] }), {
      name: 'InternalError',
      message: `pass of-mine failed after remove-identities, fold-constants: it makes ${what}\n`,
    })
  t.end()
})

t.test('a first pass that fails has none before it', (t) => {
  const failing: Pass = {
    name: 'of-mine',
    equation: 'x = x',
    changes: 'nothing',
    run: () => {
      throw new Error('no')
    },
  }
  t.throws(() => compile(net, { passes: [failing] }), {
    message: /^pass of-mine failed: Error: no\n/,
  })
  t.end()
})

t.test('a size is a whole number that memory could hold, or a multiple that is', (t) => {
  const refused: readonly (readonly [CompileOptions['size'], string])[] = [
    [{ batch: 0 }, 'a batch of 0'],
    [{ height: -32 }, 'a height of -32'],
    [{ width: 1.5 }, 'a width of 1.5'],
    [{ width: Number.NaN }, 'a width of NaN'],
    [{ height: 2 ** 53 - 1 }, 'a height of 9007199254740991'],
    [{ batch: { multiple: 0 } }, 'a multiple of the batch of 0'],
    [{ height: { multiple: 2 ** 40 } }, 'a multiple of the height of 1099511627776'],
  ]
  for (const [size, what] of refused)
    t.throws(() => compile(net, { ...(size && { size }) }), {
      name: 'InputError',
      message: `${what}\n  Give a whole number from 1 to 2147483647.`,
    })
  t.doesNotThrow(() => compile(net, { size: { height: 2 ** 31 - 1, width: 1 } }))
  t.end()
})
