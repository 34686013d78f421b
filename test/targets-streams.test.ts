import onnxProto from 'onnx-proto'
import t from 'tap'
import type { Graph } from '../src/compiler/graph.js'
import { nodesOf } from '../src/compiler/graph.js'
import {
  add,
  conv,
  type Feature,
  gelu,
  image,
  model,
  type OnnxOptions,
  relu,
  targets,
  toOnnx,
} from '../src/index.js'
import { partitionConfig } from '../src/runtime/streams.js'
import { launching } from '../src/targets/costs/launching.js'
import { streamsOf } from '../src/targets/streams.js'
import { small } from './support/passes.js'

const chain = (x: Feature<4, 1>, name: string) =>
  relu(conv(relu(conv(x, 4, { kernel: 3, name })), 4, { kernel: 3, name: `${name}2` }))

/** Streams by the paths of convolutions. */
const assigned = (graph: Graph, count: number): Readonly<Record<string, number>> => {
  const streams = streamsOf(graph, count, launching)
  return Object.fromEntries(
    nodesOf(graph)
      .filter(({ kind }) => kind === 'conv')
      .map((node) => [node.origin.path, streams.get(node) as number]),
  )
}

t.test('branches go to streams of their own, and a chain stays on one', (t) => {
  const graph = small((x) => ({ y: add(chain(x, 'a'), chain(x, 'b'), chain(x, 'c')) }))
  const three = assigned(graph, 3)
  t.equal(new Set([three.a, three.b, three.c]).size, 3)
  for (const name of ['a', 'b', 'c']) t.equal(three[`${name}2`], three[name])
  t.equal(new Set(Object.values(assigned(graph, 2))).size, 2)
  t.equal(new Set(Object.values(assigned(graph, 1))).size, 1)
  const one = assigned(
    small((x) => ({ y: chain(chain(x, 'a') as Feature<4, 1>, 'b') })),
    4,
  )
  t.equal(new Set(Object.values(one)).size, 1)
  t.end()
})

const network = model('branches', image(4, { size: [8, 8] }), (x) => ({
  y: add(chain(x, 'a'), gelu(chain(x, 'b'))),
}))

async function decoded(options: OnnxOptions): Promise<onnxProto.onnx.ModelProto> {
  const chunks: Uint8Array[] = []
  for await (const chunk of toOnnx(network, options).chunks()) chunks.push(chunk)
  return onnxProto.onnx.ModelProto.decode(Buffer.concat(chunks))
}

t.test('a file says which of its nodes run on which stream: each once, by its name', async (t) => {
  const target = targets['ort-cuda']
  const { graph, metadataProps } = await decoded({ target, streams: 2 })
  const text = metadataProps.find(({ key }) => key === 'streams')?.value ?? ''
  const streams = JSON.parse(text) as readonly (readonly string[])[]
  t.equal(streams.length, 2)
  t.ok(streams.every((names) => names.length > 0))
  t.same(streams.flat().sort(), graph?.node?.map(({ name }) => name).sort())
  t.same(JSON.parse(partitionConfig(streams)), {
    type: 'DeviceBasedPartitioner',
    streams,
    devices: ['1', '1'],
  })
  for (const options of [{ target }, { target, streams: 1 }]) {
    const { metadataProps } = await decoded(options)
    t.notOk(metadataProps.some(({ key }) => key === 'streams'))
  }
})

t.test('streams are whole numbers, and for a target that has them', (t) => {
  t.throws(() => toOnnx(network, { streams: 2 }), {
    message: /^2 streams, and portable runs one operation after the other\n.*ort-cuda/,
  })
  for (const streams of [0, 1.5, 33])
    t.throws(() => toOnnx(network, { target: targets['ort-cuda'], streams }), {
      message: new RegExp(`^${streams} streams\n.*from 1 to 32`),
    })
  t.end()
})
