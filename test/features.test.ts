import t from 'tap'
import { compile } from '../src/compile.js'
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
import { survivorsOf } from '../src/verify/features.js'

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
