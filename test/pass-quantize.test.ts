import t, { type Test } from 'tap'
import { withGraph } from '../src/build/open-graph.js'
import { type Graph, nodesOf, operationsOf, parametersOf } from '../src/compiler/graph.js'
import { interpret } from '../src/compiler/interpret.js'
import type { Origin, Value } from '../src/compiler/node.js'
import type { Rewriting } from '../src/compiler/rewrite.js'
import { validate } from '../src/compiler/validate.js'
import { conv, relu } from '../src/index.js'
import { quantize, type Range } from '../src/passes/quantize.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { drawn, eitherSign } from '../src/weights/seeded/draw.js'
import type { Weights } from '../src/weights/source.js'
import { small, text } from './support/passes.js'

const _origin: Origin = { path: 'made', place: undefined }

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

/** What computes in float32 all the same: operations that no number of 8 bits comes to, or whose result stays float32. */
function _kindsOf(graph: Graph): readonly string[] {
  return operationsOf(graph).map(({ kind }) => kind)
}

const weights: Weights = {
  label: 'drawn',
  read: ({ attributes: { name, shape } }) =>
    drawn(
      eitherSign(0, 0.5),
      shape.reduce((a, b) => a * b, 1),
      1,
      name,
    ),
}

/** All outputs in the interpreter, then in ONNX Runtime with its optimiser off and with it on. */
async function _outputsOf(graph: Graph): Promise<readonly (readonly number[])[]> {
  const x = drawn(eitherSign(0, 2.1), 4 * 64, 0, 'x')
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
      return graph.outputs.flatMap(({ name }) => [
        ...((results[name] as TensorData).data as Float32Array),
      ])
    }),
  )
  return [meant, ...(await Promise.all(ran))]
}

t.test('a convolution and its ReLU compute in 8 bits, and the ReLU is but a range', (t) => {
  const graph = small((x) => ({ y: relu(conv(x, 2, { kernel: 1, bias: true, name: 'conv' })) }))
  const { graph: after, firings, declined } = quantized(t, graph)
  t.equal(firings.length, 2)
  t.same(declined, [])
  t.equal(text(after), ``)
  t.end()
})
