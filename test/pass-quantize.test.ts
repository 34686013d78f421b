import t, { type Test } from 'tap'
import { withGraph } from '../src/build/open-graph.js'
import { type Graph, nodesOf, operationsOf, parametersOf } from '../src/compiler/graph.js'
import { interpret } from '../src/compiler/interpret.js'
import { make } from '../src/compiler/make.js'
import type { NodeOf, Origin, Value } from '../src/compiler/node.js'
import type { Rewriting } from '../src/compiler/rewrite.js'
import { specialise } from '../src/compiler/specialise.js'
import { validate } from '../src/compiler/validate.js'
import {
  add,
  averagePool,
  concat,
  conv,
  convTranspose,
  deployed,
  globalPool,
  image,
  imagenet,
  linear,
  maxPool,
  model,
  multiply,
  parameter,
  relu,
  relu6,
  resize,
  sigmoid,
  softmax,
  split,
  tanh,
} from '../src/index.js'
import { quantize, type Range } from '../src/passes/quantize.js'
import { proveStep } from '../src/proof/step.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { drawn, eitherSign } from '../src/weights/seeded/draw.js'
import type { Weights } from '../src/weights/source.js'
import { small, text } from './support/passes.js'

const origin: Origin = { path: 'made', place: undefined }

const some: Range = { least: -2, most: 2 }

/** Every value within ±2, but for those that are said otherwise by their paths. */
function rangesOf(
  graph: Graph,
  others: Readonly<Record<string, Range | undefined>> = {},
): ReadonlyMap<Value, Range> {
  const ranged = (nodesOf(graph) as Value[]).flatMap((value) => {
    const { path } = value.origin
    const range = path in others ? others[path] : some
    return range ? [[value, range] as const] : []
  })
  return new Map(ranged)
}

function quantized(
  t: Test,
  graph: Graph,
  others: Readonly<Record<string, Range | undefined>> = {},
): Rewriting {
  const pass = quantize(rangesOf(graph, others))
  const rewriting = pass.run(graph)
  validate(rewriting.graph)
  t.equal(pass.run(rewriting.graph).graph, rewriting.graph, 'run again does nothing')
  return rewriting
}

function kindsOf(graph: Graph): readonly string[] {
  return operationsOf(graph).map(({ kind }) => kind)
}

const weights: Weights = {
  label: 'drawn',
  read: ({ attributes: { name, shape } }) =>
    drawn(
      eitherSign(0, 0.2),
      shape.reduce((a, b) => a * b, 1),
      1,
      name,
    ),
}

/** All outputs in the interpreter, then in ONNX Runtime with its optimiser off and with it on. */
async function outputsOf(graph: Graph): Promise<readonly (readonly number[])[]> {
  const x = drawn(eitherSign(0, 1.1), 4 * 64, 0, 'x')
  const constants = new Map<string, Float64Array>()
  for (const parameter of parametersOf(graph))
    constants.set(parameter.attributes.name, Float64Array.from(await weights.read(parameter)))
  const values = interpret(
    graph,
    new Map([['x', x]]),
    ({ attributes }) => constants.get(attributes.name) as Float64Array,
  )
  const meant = graph.outputs.flatMap(({ value }) => [...(values.get(value) as Float64Array)])
  const feeds = { x: { data: x, dims: [1, 4, 8, 8] } }
  const ran = [false, true].map((optimize) =>
    withGraph(graph, weights, { optimize }, async ({ session }) => {
      const results = await session.run(feeds)
      return graph.outputs.flatMap(({ name }) =>
        Array.from((results[name] as TensorData).data as Float32Array),
      )
    }),
  )
  return [meant, ...(await Promise.all(ran))]
}

t.test('a convolution and its ReLU compute in 8 bits, and the ReLU is but a range', (t) => {
  const graph = small((x) => ({ y: relu(conv(x, 2, { kernel: 1, bias: true, name: 'conv' })) }))
  const { graph: after, firings, declined } = quantized(t, graph)
  t.equal(firings.length, 2)
  t.same(declined, [])
  t.equal(
    text(after)
      .split('\n')
      .map((line) => line.replace(/ {2,}.*/, ''))
      .join('\n'),
    `x
%1 = quantize(x, uint8, $1, $2)
%2 = dequantize(%1, $1, $2)
%3 = dequantize($5, $3, $4, axis 0)
%4 = dequantize($8, $6, $7, axis 0)
%5 = conv(%2, %3, %4, 1x1)
%6 = quantize(%5, uint8, $9, $10)
%7 = dequantize(%6, $9, $10)
y = %7
$1 = literal(${Math.fround(4 / 255)})
$2 = literal(127)
$3 = channelScale(conv.weight, conv.bias, steps 127)
$4 = literal(0, 0)
$5 = quantize(conv.weight, int8, $3, $4, axis 0)
$6 = multiply($1, $3)
$7 = literal(0, 0)
$8 = quantize(conv.bias, int32, $6, $7, axis 0)
$9 = literal(${Math.fround(2 / 255)})
$10 = literal(0)`,
  )
  t.end()
})

const everything = small((x) => {
  const [left, right] = split(conv(x, 8, { kernel: 3, groups: 4, name: 'deep' }), [4, 4])
  const half = maxPool(relu6(add(x, left)), { kernel: 2, stride: 2 })
  const mean = averagePool(x, { kernel: 2, stride: 2 })
  const coarse = concat(half, mean)
  const nearest = resize(coarse, 1, { mode: 'nearest' })
  const bilinear = resize(coarse, 1, { mode: 'bilinear' })
  const scaled = multiply(nearest, parameter('gain', [8, 1, 1]))
  const all = add(scaled, sigmoid(bilinear), concat(left, right))
  return { map: all, vector: linear(globalPool(all), 3, { bias: true }) }
})

t.test('all that has a kernel of 8 bits is quantized, and computes what it means', async (t) => {
  const { graph, declined } = quantized(t, everything)
  t.same(declined, [])
  const [meant, plain, optimised] = await outputsOf(graph)
  const apart = (a: readonly number[] = [], b: readonly number[] = []): number =>
    Math.max(...a.map((x, i) => Math.abs(x - (b[i] as number))))
  t.ok(apart(meant, plain) <= 0.02, `the optimiser off: ${apart(meant, plain)}, a step being 0.016`)
  t.ok(apart(meant, optimised) <= 0.05, `the optimiser on: ${apart(meant, optimised)}`)
  const [float] = await outputsOf(everything)
  t.ok(apart(meant, float) <= 0.05, `the network in float64: ${apart(meant, float)}`)
})

t.test(
  'a constant has the steps that it needs, whatever its numbers, and is never clamped',
  (t) => {
    const graph = small((x) => ({ y: add(x, parameter('shift', [4, 1, 1])) }))
    const after = quantized(t, graph, { shift: undefined })
    t.match(
      text(after.graph),
      /channelScale\(shift, of all, steps 127\)/,
      'the scale follows the constant',
    )
    const pass = quantize(rangesOf(graph, { shift: undefined }))
    const { failed } = proveStep({ pass, firings: after.firings }, { seed: 1 })
    t.same(failed, [])
    t.end()
  },
)

t.test('what takes numbers as they are keeps their steps', (t) => {
  const graph = small((x) => {
    const narrow = relu(conv(x, 4, { kernel: 1, name: 'conv' }), { name: 'relu' })
    return { pooled: resize(maxPool(narrow, { kernel: 2, stride: 2 }), 1, { mode: 'nearest' }) }
  })
  const { graph: after } = quantized(t, graph, { relu: { least: 0, most: 1 } })
  const scales = nodesOf(after).flatMap((node) =>
    node.kind === 'quantize' ? [node.inputs.scale] : [],
  )
  t.equal(new Set(scales.slice(1)).size, 1)
  t.end()
})

t.test('a ReLU stays where others read what it reads, or where that has steps of another', (t) => {
  const twice = small((x) => {
    const y = conv(x, 4, { kernel: 1, name: 'conv' })
    return { y: add(y, relu(y)) }
  })
  const behind = small((x) => ({
    y: relu(resize(maxPool(x, { kernel: 2, stride: 2 }), 1, { mode: 'nearest' })),
  }))
  for (const graph of [twice, behind])
    t.ok(kindsOf(quantized(t, graph).graph).includes('activation'))
  t.end()
})

t.test('what has no kernel of 8 bits stays in float32, and says so', (t) => {
  const graph = small((x) => {
    const half = maxPool(tanh(x), { kernel: 2, stride: 2 })
    return { y: softmax(convTranspose(half, 2, { kernel: 2, stride: 2 })), z: globalPool(x, 'max') }
  })
  const { graph: after, declined } = quantized(t, graph)
  t.same(
    declined.map(({ reason }) => reason),
    [
      'there is no tanh of 8 bits',
      'there is no convTranspose of 8 bits',
      'there is no softmax of 8 bits',
      'there is no global max pooling of 8 bits',
    ],
  )
  t.equal(after, graph, 'and what takes numbers as they are goes with it')
  t.end()
})

t.test('no range, no steps', (t) => {
  const graph = small((x) => ({
    y: conv(conv(x, 4, { kernel: 1, name: 'a' }), 4, { kernel: 1, name: 'b' }),
  }))
  const { graph: after, declined } = quantized(t, graph, { a: undefined })
  t.same(
    declined,
    ['a', 'b'].map((path) => ({ path, reason: 'no range is known of it, or of what it reads' })),
  )
  t.equal(after, graph)
  t.end()
})

t.test('a weight that is computed from the input is left', (t) => {
  const graph = small((x) => ({ y: x }))
  const [input] = graph.inputs as readonly [NodeOf<'input'>]
  const weight = make('concat', { parts: [input, input] }, { axis: 0 }, origin)
  const attributes = {
    strides: [1, 1],
    padding: [0, 0, 0, 0],
    dilations: [1, 1],
    groups: 1,
  } as const
  const value = make('conv', { input, weight }, attributes, { ...origin, path: 'moving' })
  const { declined } = quantized(t, { ...graph, outputs: [{ name: 'y', value }] })
  const reason = 'its weight or its bias is computed from the input'
  t.same(declined, [{ path: 'moving', reason }])
  t.end()
})

t.test('pixels are numbers of 8 bits already', (t) => {
  const net = model('net', image(3, { size: [8, 8], normalisation: imagenet }), (x) => ({
    y: conv(x, 4, { kernel: 3 }),
  }))
  const graph = specialise(deployed(net, { inputFormat: 'uint8-nhwc' }).graph, {
    batch: 1,
    height: 8,
    width: 8,
  })
  const { graph: after, declined } = quantized(t, graph)
  t.same(declined, [])
  t.notOk(kindsOf(after).includes('cast'))
  t.end()
})

t.test('a bias that is large beside its weight does not overflow', async (t) => {
  const graph = small((x) => ({ y: conv(x, 1, { kernel: 1, bias: true, name: 'conv' }) }))
  const { graph: after } = quantized(t, graph, { conv: { least: 0, most: 0.4 } })
  const tiny: Weights = {
    label: 'tiny',
    read: ({ attributes: { role, shape } }) =>
      new Float32Array((shape[0] as number) * (shape[1] ?? 1)).fill(role === 'bias' ? 0.3 : 1e-20),
  }
  const feeds = { x: { data: new Float32Array(256).fill(1), dims: [1, 4, 8, 8] } }
  const y = await withGraph(
    after,
    tiny,
    { optimize: true },
    async ({ session }) => (await session.run(feeds)).y?.data[0],
  )
  t.ok(Math.abs(Number(y) - 0.3) < 0.4 / 255, `${y}`)
})
