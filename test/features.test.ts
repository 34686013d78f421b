import t from 'tap'
import type { OpenGraph } from '../src/build/open-graph.js'
import { compile } from '../src/compile.js'
import { make } from '../src/compiler/make.js'
import type { Value } from '../src/compiler/node.js'
import {
  add,
  batchNorm,
  concat,
  conv,
  foreign,
  image,
  type Model,
  model,
  multiply,
  type Outputs,
  parameter,
  relu,
  sigmoid,
  split,
  stateWidth,
} from '../src/index.js'
import { pipeline } from '../src/passes/pipeline.js'
import { compareSurvivors, survivorsOf } from '../src/verify/features.js'

function net(body: (x: Parameters<Parameters<typeof model<4, Outputs>>[2]>[0]) => Outputs): Model {
  return model('net', image(4, { size: [8, 8], name: 'x' }), body)
}

function names(values: readonly { readonly plain: Value }[]): readonly string[] {
  return values.map(({ plain: { kind, origin } }) => `${kind} ${origin.path}`)
}

t.test('survivors are what the compiled network still computes, in order', (t) => {
  const network = net((x) => {
    const y = relu(batchNorm(conv(x, 4, { kernel: 3, name: 'conv' }), { name: 'bn' }), {
      name: 'relu',
    })
    const gain = sigmoid(parameter('gain', [4, 1, 1]), { name: 'gate' })
    const [a, b] = split(multiply(y, gain), [1, 3])
    const [odd] = foreign('Erf', {
      inputs: [concat(b, a)],
      results: [{ kind: 'feature', channels: 4, stride: 1 }],
    })
    return { y: add(odd, stateWidth(concat(x), 4)) }
  })
  const { survivors, gone } = survivorsOf(compile(network))
  t.strictSame(names(survivors), [
    'batchNorm bn',
    'activation relu',
    'multiply multiply',
    'result split',
    'result split',
    'concat concat',
    'result Erf',
    'add add',
  ])
  // The convolution before its norm, the sigmoid of a constant, the concat that is the input.
  t.equal(gone, 3)
  const [norm] = survivors
  t.equal(norm?.final.kind, 'conv', 'the norm became the convolution')
  const plain = survivorsOf(compile(network, { passes: [] }))
  t.strictSame([plain.survivors.length, plain.gone], [11, 0])
  for (const { plain: old, final } of plain.survivors) t.equal(old, final)
  t.end()
})

t.test('what equals a value that a later pass takes is gone', (t) => {
  const network = net((x) => ({ y: batchNorm(conv(concat(x), 4, { kernel: 1 })) }))
  const passes = [...pipeline].reverse()
  const { survivors, gone } = survivorsOf(compile(network, { passes }))
  t.strictSame([names(survivors), gone], [['batchNorm 1'], 2])
  t.end()
})

t.test('what a pass says of values that are not there is not believed', (t) => {
  const network = net((x) => ({ y: sigmoid(relu(x, { name: 'relu' }), { name: 'gate' }) }))
  const whole = compile(network, { passes: [] })
  const { outputs } = compile(net((x) => ({ y: relu(x) }))).graph
  const { survivors, gone } = survivorsOf({ ...whole, graph: { ...whole.graph, outputs } })
  t.strictSame([survivors, gone], [[], 2])
  t.end()
})

/** A graph in no runtime: it gives numbers, and notes what is fetched of it. */
function pretending(fetched: string[][], number: (name: string) => number): OpenGraph {
  return {
    nameOf: ({ origin }) => origin.path,
    session: {
      inputs: [],
      outputs: [],
      version: '0',
      provider: 'cpu',
      close: async () => {},
      run: async (_, wanted = []) => {
        fetched.push([...wanted])
        return Object.fromEntries(
          wanted.map((name) => [
            name,
            { type: 'float32', dims: [1], data: Float32Array.of(number(name)) },
          ]),
        )
      },
    },
  }
}

/** A value of some megabytes, which nothing computes. */
function value(path: string, megabytes: number): Value {
  const type = { element: 'int8', shape: [megabytes * 1e6] } as const
  return make('input', {}, { name: path, type }, { path, place: undefined })
}

t.test('survivors are compared in order, as many at a time as memory holds', async (t) => {
  const values = [100, 100, 100, 300, 10, 10].map((megabytes, i) => value(`v${i}`, megabytes))
  const survivors = values.map((plain) => ({ plain, final: plain }))
  const [left, right, done]: [string[][], string[][], number[]] = [[], [], []]
  const compared = await compareSurvivors(
    survivors,
    pretending(left, () => 2),
    pretending(right, (name) => (name === 'v3' ? 3 : 2)),
    {},
    0.1,
    (count) => done.push(count),
  )
  const chunks = [['v0', 'v1'], ['v2'], ['v3'], ['v4', 'v5']]
  t.strictSame([left, right, done], [chunks, chunks, [0, 2, 3, 4]])
  t.strictSame(
    compared.map(({ path, kind, relative, ok }) => [path, kind, relative, ok]),
    values.map(({ origin: { path } }) => [path, 'input', path === 'v3' ? 0.5 : 0, path !== 'v3']),
  )
})

t.test('two values that became one are fetched once', async (t) => {
  const [a, b] = [value('a', 1), value('b', 1)]
  const survivors = [a, b].map((plain) => ({ plain, final: a }))
  const fetched: string[][] = []
  const left = pretending([], () => 1)
  const compared = await compareSurvivors(
    survivors,
    left,
    pretending(fetched, () => 1),
    {},
    0,
    () => {},
  )
  t.strictSame(fetched, [['a']])
  t.strictSame(
    compared.map(({ name, ok }) => [name, ok]),
    [
      ['a', true],
      ['b', true],
    ],
  )
})
