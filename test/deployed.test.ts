import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { build } from '../src/build/build.js'
import { compile } from '../src/compile.js'
import { nodesOf } from '../src/compiler/graph.js'
import { interpret } from '../src/compiler/interpret.js'
import type { Constant } from '../src/compiler/node.js'
import { specialise } from '../src/compiler/specialise.js'
import {
  add,
  basic,
  concat,
  conv,
  convBnRelu,
  type DeployOptions,
  deployed,
  everyToEvery,
  type Feature,
  globalPool,
  hrnetV1,
  image,
  imagenet,
  labelled,
  linear,
  type Model,
  model,
  print,
  resize,
  scope,
  stage,
  upsampleConcat,
} from '../src/index.js'
import { seededTensor } from '../src/runtime/inputs.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { verify } from '../src/verify/verify.js'
import { evaluate } from '../src/weights/evaluate.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { forgetsBias } from './support/broken-passes.js'
import { emitted, opened } from './support/emitted.js'
import { metadataOf } from './support/onnx-faults.js'
import { relative } from './support/relative.js'

/** Two branches, five classes, at a quarter; or, in its own words, at the size of the input. */
function segmenter(alignCorners = false, atInput = false): Model {
  return model(
    'segmenter',
    image(3, { size: [32, 48], normalisation: imagenet }),
    (x) => {
      const interpolation = { mode: 'bilinear', alignCorners } as const
      const start = scope('stem', () => convBnRelu(x, 8, { kernel: 3, stride: 4 }))
      const fusion = everyToEvery({ interpolation })
      const block = { modules: 1, unit: basic, units: 1, fusion }
      const branches = stage(2, [start], { widths: [6, 8], ...block })
      const scores = conv(upsampleConcat(branches, interpolation), 5, { kernel: 1, bias: true })
      return { scores: atInput ? resize(scores as Feature, x, interpolation) : scores }
    },
    { answer: { kind: 'segmentation', output: 'scores' } },
  )
}

const classifier: Model = model(
  'classifier',
  image(1, { size: [16, 16], normalisation: { mean: [0.5], deviation: [0.25] } }),
  (x) => ({ scores: linear(globalPool(convBnRelu(x, 4, { kernel: 3, stride: 2 })), 3) }),
  { answer: { kind: 'classification', output: 'scores' } },
)

const all: DeployOptions = { inputFormat: 'uint8-nhwc', output: 'argmax', outputSize: 'input' }

/** Every output of a network at a size, in float64, from weights of the network as it was written. */
async function computed(
  network: Model,
  from: Model,
  [batch, height, width]: readonly [number, number, number],
  input: ArrayLike<number>,
): Promise<Readonly<Record<string, Float64Array>>> {
  const graph = specialise(network.graph, { batch, height, width })
  const weights = seeded(from.graph, 0)
  const values = new Map<string, Float64Array>()
  for (const node of nodesOf(graph))
    if (node.kind === 'parameter')
      values.set(node.attributes.name, Float64Array.from(await weights.read(node)))
  const feeds = new Map([[network.image.name, Float64Array.from(input)]])
  const found = interpret(
    graph,
    feeds,
    ({ attributes: { name } }) => values.get(name) as Float64Array,
  )
  return Object.fromEntries(
    graph.outputs.map(({ name, value }) => [name, found.get(value) as Float64Array]),
  )
}

type Size = readonly [batch: number, height: number, width: number]

function pixels([batch, height, width]: Size, channels: number): TensorData & { data: Uint8Array } {
  const dims = [batch, height, width, channels]
  return seededTensor({ name: '', type: 'uint8', shape: dims }, dims, 5) as never
}

/** [batch, channels, height, width], normalised as the authors' programs do it. */
function normalised(network: Model, [batch, height, width]: Size, data: Uint8Array): Float64Array {
  const { channels, normalisation } = network.image
  const area = height * width
  return Float64Array.from({ length: batch * channels * area }, (_, at) => {
    const [place, c, b] = [
      at % area,
      Math.floor(at / area) % channels,
      Math.floor(at / area / channels),
    ]
    const pixel = data[(b * area + place) * channels + c] as number
    return (
      (pixel / 255 - (normalisation?.mean[c] as number)) / (normalisation?.deviation[c] as number)
    )
  })
}

t.test('seeded pixels are all that a byte can be, each as often', (t) => {
  const { data } = pixels([1, 64, 64], 3)
  const counts = new Map<number, number>()
  for (const byte of data) counts.set(byte, (counts.get(byte) ?? 0) + 1)
  t.equal(counts.size, 256)
  t.ok(Math.max(...counts.values()) < 2 * Math.min(...counts.values()) + 48)
  t.end()
})

t.test('pixels give what the network gives of them normalised', async (t) => {
  for (const network of [segmenter(), classifier]) {
    const size: Size = [2, 19, 33]
    const { data } = pixels(size, network.image.channels)
    const given = deployed(network, { inputFormat: 'uint8-nhwc' })
    const { scores: now } = await computed(given, network, size, data)
    const { scores } = await computed(network, network, size, normalised(network, size, data))
    const worst = relative(scores as Float64Array, now as Float64Array)
    t.ok(worst < 1e-12, `${network.name}: ${worst}`)
  }
})

t.test('the answer is resized as the network resizes, and only then chosen', async (t) => {
  for (const alignCorners of [false, true]) {
    const network = segmenter(alignCorners)
    const size: Size = [1, 21, 34]
    const x = normalised(network, size, pixels(size, 3).data)
    const given = (output: DeployOptions['output']) =>
      computed(deployed(network, { output, outputSize: 'input' }), network, size, x)
    const own = await computed(segmenter(alignCorners, true), network, size, x)
    t.same((await given(undefined)).scores, own.scores)
    const { logits } = await given('logits')
    t.same(logits, own.scores)
    const { probabilities } = await given('softmax')
    const { labels } = await given('argmax')
    const area = 21 * 34
    const along = (numbers: Float64Array | undefined, at: number): number[] =>
      Array.from({ length: 5 }, (_, c) => numbers?.[c * area + at] as number)
    for (let at = 0; at < area; at++) {
      const [scores, shares] = [along(logits, at), along(probabilities, at)]
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0)
      const off = shares.map((share, c) => Math.abs(share - Math.exp(scores[c] as number) / total))
      if (!(Math.max(...off) < 1e-12)) t.fail(`probabilities at ${at}`)
      if (scores.indexOf(Math.max(...scores)) !== labels?.[at]) t.fail(`the best class at ${at}`)
    }
    t.ok(new Set(labels).size > 1, 'more than one class is best somewhere')
  }
})

t.test('the best class of a picture is one number', async (t) => {
  const size: Size = [3, 9, 14]
  const x = normalised(classifier, size, pixels(size, 1).data)
  const { scores = [] } = await computed(classifier, classifier, size, x)
  const { labels } = await computed(deployed(classifier, { output: 'argmax' }), classifier, size, x)
  const best = [0, 3, 6].map((at) => {
    const line = [...scores.slice(at, at + 3)]
    return line.indexOf(Math.max(...line))
  })
  t.same([...(labels ?? [])], best)
})

t.test('the scale goes into the first convolution, the mean stays before its padding', (t) => {
  const { graph } = compile(deployed(segmenter(), all))
  const kinds = nodesOf(graph).map(({ kind, origin }) => `${kind} ${origin.path}`)
  t.ok(kinds.includes('add preprocessing.add'))
  t.notOk(kinds.some((kind) => kind.startsWith('multiply')))
  t.end()
})

for (const opset of [13, 14, 15, 16, 17, 18, 19, 20, 21])
  t.test(`at opset ${opset} one file takes pixels of any size, and labels each`, async (t) => {
    const any = { multiple: 1 }
    const network = deployed(segmenter(opset % 2 === 0), all)
    const { plain, graph } = compile(network, { size: { batch: any, height: any, width: any } })
    const weights = seeded(plain, 0)
    const read = (constant: Constant) => evaluate(constant, weights)
    const session = await opened(t, (await emitted(t, graph, { opset }, read)).bytes)
    t.match(session.inputs, [{ type: 'uint8', shape: ['batch', 'height', 'width', 3] }])
    t.match(session.outputs, [
      { name: 'labels', type: 'int32', shape: ['batch', 'height', 'width'] },
    ])
    for (const size of [
      [1, 32, 48],
      [2, 21, 35],
      [1, 1, 7],
    ] as const) {
      const image = pixels(size, 3)
      const { labels } = await session.run({ image })
      t.same(labels?.dims, size)
      const own = await computed(network, network, size, image.data)
      const parted = own.labels?.filter((label, at) => label !== labels?.data[at]) ?? []
      // Of 1536 places and fewer; where the two runs of float32 and float64 part, scores are equal to 6 digits.
      t.ok(parted.length <= 1, `${size}: ${parted.length} part`)
    }
  })

t.test('verify runs on pixels, and every feature on the way is compared', async (t) => {
  for (const size of [undefined, { batch: 2, height: { multiple: 1 }, width: { multiple: 1 } }]) {
    const { ok, input, outputs, features } = await verify(deployed(segmenter(), all), {
      ...(size && { size }),
    })
    t.ok(ok)
    t.equal(input.at(-1), 3)
    t.match(outputs, [{ name: 'labels', shape: input.slice(0, 3), ok: true }])
    t.ok(features?.compared.some(({ kind, ok }) => kind === 'argMax' && ok))
  }
})

t.test('a pass that changes what is chosen is found, by what the scores say of it', async (t) => {
  const network = deployed(segmenter(), all)
  const conv = nodesOf(network.graph).findLast(({ kind }) => kind === 'conv')?.origin.path as string
  const report = await verify(network, { passes: [forgetsBias(conv)] })
  t.notOk(report.ok)
  const [labels] = report.outputs
  t.match(labels, { ok: false, note: /classes differ; Δ is half the gap of their scores/ })
  t.ok((labels?.relative as number) > 1e-3)
})

t.test('a tensor of pixels stands in for the seeded one; another is refused', async (t) => {
  const network = deployed(segmenter(), { inputFormat: 'uint8-nhwc' })
  const input = pixels([1, 32, 48], 3)
  t.match(await verify(network, { input }), { ok: true, input: [1, 32, 48, 3] })
  const refused = (input: TensorData, message: RegExp) =>
    t.rejects(verify(network, { input }), { name: 'InputError', message })
  const floats = { ...input, type: 'float32', data: Float32Array.from(input.data) } as const
  await refused(floats, /float32 \[1, 32, 48, 3\].*takes uint8 \[1, 32, 48, 3\]/)
  await refused(
    { ...input, dims: [1, 3, 32, 48] },
    /uint8 \[1, 3, 32, 48\].*\n.*\[batch, height, width, channels\]/,
  )
})

t.test('a file says what is left to do before it, and what it gives', async (t) => {
  const output = join(t.testdir(), 'net.onnx')
  const told = async (options: DeployOptions, labels?: readonly string[]): Promise<unknown> => {
    const network = labels ? labelled(segmenter(), labels) : segmenter()
    await build(deployed(network, options), { output })
    const { preprocessing = '', answer = '' } = metadataOf(readFileSync(output))
    return [JSON.parse(preprocessing), JSON.parse(answer)]
  }
  const names = ['a', 'b', 'c', 'd', 'b']
  t.same(await told(all, names), [
    { format: 'uint8-nhwc', colours: 'rgb' },
    { kind: 'segmentation', output: 'labels', gives: 'labels', labels: names },
  ])
  t.same(await told({ output: 'softmax' }), [
    { format: 'float32-nchw', colours: 'rgb', ...imagenet },
    { kind: 'segmentation', output: 'probabilities', gives: 'probabilities' },
  ])
  t.same(await told({ inputFormat: 'uint8-nhwc', outputSize: 'input' }), [
    { format: 'uint8-nhwc', colours: 'rgb' },
    { kind: 'segmentation', output: 'scores', gives: 'logits' },
  ])
})

t.test(
  'a file says that corners are aligned where all resizes of a segmentation align them',
  async (t) => {
    const output = join(t.testdir(), 'net.onnx')
    const told = async (network: Model): Promise<unknown> => {
      await build(network, { output })
      return JSON.parse(metadataOf(readFileSync(output)).answer ?? '').alignCorners
    }
    t.equal(await told(segmenter(true)), true)
    t.equal(await told(deployed(segmenter(true), all)), true)
    t.equal(await told(segmenter(false)), undefined)
    const mixed = (kind: 'segmentation' | 'pose', ...ways: readonly boolean[]): Model =>
      model(
        'mixed',
        image(3, { size: [8, 8] }),
        (x) => {
          const coarse = conv(x, 2, { kernel: 3, stride: 2 })
          const back = ways.map((way) => resize(coarse, 1, { mode: 'bilinear', alignCorners: way }))
          return { y: concat(conv(x, 1, { kernel: 1 }), ...back) }
        },
        { answer: { kind, output: 'y' } },
      )
    t.equal(await told(mixed('segmentation', true, true)), true)
    t.equal(await told(mixed('segmentation', true, false)), undefined, 'it says both')
    t.equal(await told(mixed('segmentation')), undefined, 'it says neither')
    t.equal(await told(mixed('pose', true)), undefined, 'heatmaps are not resized')
  },
)

t.test('what is not asked for stays', (t) => {
  const network = segmenter()
  t.equal(print(deployed(network).graph), print(network.graph))
  const pose = deployed(hrnetV1(1), { inputFormat: 'uint8-nhwc' })
  t.same(pose.answer, { kind: 'pose', output: 'heatmaps' })
  t.same(Object.keys(pose.outputs), ['heatmaps'])
  t.end()
})

t.test('what a network does not say, or cannot give, is refused', (t) => {
  const refused = (network: Model, options: object, message: RegExp) =>
    t.throws(() => deployed(network, options), { name: 'InputError', message })
  const silent = model('silent', image(3), (x) => ({ y: conv(x, 2, { kernel: 1 }) }))
  refused(silent, { inputFormat: 'uint8-nhwc' }, /silent does not say how pixels.*\n.*imagenet/)
  refused(silent, { output: 'argmax' }, /silent does not say what.*--output.*\n.*output: 'y'/)
  refused(silent, { outputSize: 'input' }, /silent does not say what.*--output-size/)
  refused(hrnetV1(1), { output: 'argmax' }, /--output does not apply.*\(pose\) gives heatmaps/)
  refused(hrnetV1(1), { outputSize: 'input' }, /--output-size does not apply.*gives heatmaps/)
  refused(classifier, { outputSize: 'input' }, /--output-size does not apply to classifier/)
  const labels = deployed(segmenter(), all)
  refused(labels, { output: 'softmax' }, /gives labels/)
  refused(labels, { inputFormat: 'uint8-nhwc' }, /takes uint8-nhwc already/)
  refused(segmenter(), { inputFormat: 'uint8' }, /--input-format is "uint8"\n.*uint8-nhwc/)
  refused(segmenter(), { output: 'best' }, /--output is "best"\n.*logits or softmax or argmax/)
  refused(segmenter(), { outputSize: 'full' }, /--output-size is "full"/)
  const taken = model(
    'taken',
    image(3, { name: 'labels' }),
    (x) => ({ y: conv(x, 2, { kernel: 1 }) }),
    { answer: { kind: 'segmentation', output: 'y' } },
  )
  refused(taken, { output: 'argmax' }, /called labels/)
  const mixed = model(
    'mixed',
    image(3),
    (x) => {
      const half = conv(x, 2, { kernel: 3, stride: 2 })
      const up = resize(half, x, { mode: 'bilinear' })
      return { y: add(up, resize(half, x, { mode: 'bilinear', alignCorners: true })) }
    },
    { answer: { kind: 'segmentation', output: 'y' } },
  )
  refused(mixed, { outputSize: 'input' }, /1 of 2 bilinear resizes of mixed align corners/)
  t.throws(() => labelled(segmenter(), ['a']), /1 labels for scores of segmenter.* 5 channels/)
  t.throws(() => labelled(segmenter(), ['a', ' ', 'c', 'd', 'e']), /label 2 is empty/)
  t.throws(() => labelled(silent, ['a', 'b']), /silent does not say which/)
  t.end()
})
