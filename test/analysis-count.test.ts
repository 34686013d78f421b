import t from 'tap'
import { countGraph } from '../src/analysis/count.js'
import { compile } from '../src/compile.js'
import {
  averagePool,
  batchNorm,
  conv,
  convTranspose,
  type Feature,
  foreign,
  globalPool,
  image,
  linear,
  maxPool,
  model,
  parameter,
  relu,
  resize,
  scope,
  shared,
} from '../src/index.js'
import { zooModel } from '../src/models/zoo.js'
import { pipeline } from '../src/passes/pipeline.js'
import { sized, small } from './support/passes.js'

type Map4 = Feature<4, 1>
type Figures = readonly [parameters: number, macs: number, activations: number]

t.test('each layer costs what its equation says, in whole numbers', (t) => {
  // Over 4 channels of 8×8. Each output element of a convolution gathers one window of its group.
  const layers: Readonly<Record<string, readonly [(x: Map4) => Feature, Figures]>> = {
    'a 3×3 convolution': [(x) => conv(x, 6, { kernel: 3 }), [216, 64 * 6 * 4 * 9, 384]],
    'padding is counted, a bias is not': [
      (x) => conv(x, 6, { kernel: 3, bias: true }),
      [222, 64 * 6 * 4 * 9, 384],
    ],
    'of stride 2': [(x) => conv(x, 6, { kernel: 3, stride: 2 }), [216, 16 * 6 * 4 * 9, 96]],
    'without padding': [(x) => conv(x, 6, { kernel: 2, stride: 2 }), [96, 16 * 6 * 4 * 4, 96]],
    'in groups': [(x) => conv(x, 6, { kernel: 3, groups: 2 }), [108, 64 * 6 * 2 * 9, 384]],
    depthwise: [(x) => conv(x, 4, { kernel: 3, groups: 4 }), [36, 64 * 4 * 9, 256]],
    dilated: [(x) => conv(x, 6, { kernel: 3, dilation: 2 }), [216, 64 * 6 * 4 * 9, 384]],
    'of a wide kernel': [(x) => conv(x, 6, { kernel: [1, 7] }), [168, 64 * 6 * 4 * 7, 384]],
    // Each input element of a transposed convolution is spread over one window of the output.
    transposed: [
      (x) => convTranspose(maxPool(x, { kernel: 2, stride: 2 }), 6, { kernel: 4, stride: 2 }),
      [384, 4 * 16 * 6 * 16, 384],
    ],
    'transposed in groups': [
      (x) =>
        convTranspose(maxPool(x, { kernel: 2, stride: 2 }), 6, { kernel: 4, stride: 2, groups: 2 }),
      [192, 4 * 16 * 3 * 16, 384],
    ],
    'what has no weights costs nothing': [
      (x) => resize(relu(averagePool(x, { kernel: 2, stride: 2 })), 1, { mode: 'bilinear' }),
      [0, 0, 0],
    ],
  }
  for (const [name, [layer, figures]] of Object.entries(layers)) {
    const { parameters, macs, activations, bytes } = countGraph(small((x) => ({ y: layer(x) })))
    t.strictSame([parameters, macs, activations], figures, name)
    t.strictSame(bytes, { weights: 4 * figures[0], activations: 4 * figures[2] }, name)
  }
  const up = small((x) => ({ y: convTranspose(x, 4, { kernel: 1, stride: 1 }) }))
  t.strictSame(countGraph(up).layers, { conv: 1, norm: 0, linear: 0 })
  const scores = countGraph(small((x) => ({ y: linear(globalPool(x), 5) })))
  t.match(scores, { parameters: 25, macs: 20, activations: 5, layers: { linear: 1, conv: 0 } })
  t.end()
})

t.test('a batch scales what runs, not what is stored', (t) => {
  const net = (batch: number) =>
    countGraph(
      small((x) => ({ y: linear(globalPool(batchNorm(conv(x, 6, { kernel: 3 }))), 5) }), batch),
    )
  const [one, three] = [net(1), net(3)]
  t.equal(three.macs, 3 * one.macs)
  t.equal(three.activations, 3 * one.activations)
  t.equal(three.bytes.activations, 3 * one.bytes.activations)
  for (const stored of ['parameters', 'buffers'] as const) t.equal(three[stored], one[stored])
  t.equal(three.bytes.weights, one.bytes.weights)
  t.end()
})

t.test('a batch norm has two parameters and two buffers for each channel', (t) => {
  const { parameters, buffers, bytes, layers } = countGraph(
    small((x) => ({ y: batchNorm(x), z: batchNorm(globalPool(x)) })),
  )
  t.strictSame([parameters, buffers, bytes.weights], [16, 16, 128])
  t.strictSame(layers, { conv: 0, norm: 2, linear: 0 })
  t.end()
})

t.test('what is shared counts once, at its first user; it runs at each', (t) => {
  const head = (x: Map4) => shared('head', () => conv(x, 4, { kernel: 1, name: 'conv' }))
  const net = small((x) => {
    const first = scope('one', () => relu(head(x)))
    return { y: scope('two', () => conv(head(first), 4, { kernel: 1, name: 'own' })) }
  })
  const { parameters, macs, parts, layers } = countGraph(net)
  t.strictSame([parameters, macs, layers.conv], [16 + 16 + 16, 3 * 1024, 3])
  const found = parts.layer.map(({ path, parameters, macs }) => [path, parameters, macs])
  t.strictSame(found, [
    ['one.head.conv', 16, 1024],
    ['two.head.conv', 16, 1024],
    ['two.own', 16, 1024],
  ])

  const twice = countGraph(small((x) => ({ y: head(head(x)), z: head(x) })))
  t.strictSame([twice.parameters, twice.macs, twice.layers.conv], [16, 3 * 1024, 3])
  t.strictSame(
    twice.parts.layer.map(({ path, parameters, macs }) => [path, parameters, macs]),
    [['head.conv', 16, 3 * 1024]],
  )
  t.end()
})

t.test('foreign operators are listed as unknown; what they read is counted', (t) => {
  const net = small((x) => {
    const odd = (name: string): Feature =>
      scope(name, () => {
        const slope = parameter('slope', [4, 1, 1])
        const results = [{ kind: 'feature', channels: 4, stride: 1 }] as const
        return foreign('PRelu', { inputs: [x, slope], results })[0]
      })
    return { y: odd('one'), z: odd('two') }
  })
  const { unknown, parameters, macs, activations } = countGraph(net)
  t.strictSame(unknown, [
    { path: 'one.PRelu', operator: 'PRelu' },
    { path: 'two.PRelu', operator: 'PRelu' },
  ])
  t.strictSame([parameters, macs, activations], [8, 0, 0])
  t.end()
})

t.test('the integers that other counters agree on come out to the digit', (t) => {
  t.match(countGraph(sized(zooModel('hrnet-v2-w18'), 512, 1024)), {
    parameters: 9_641_119,
    buffers: 34_476,
    macs: 36_850_262_016,
    activations: 155_472_896,
    layers: { conv: 307, norm: 306, linear: 0 },
    unknown: [],
  })
  t.match(countGraph(sized(zooModel('hrnet-v1-w32'), 256, 192)), {
    parameters: 28_536_113,
    buffers: 54_336,
    macs: 7_645_003_776,
    activations: 19_115_520,
    bytes: { weights: 4 * (28_536_113 + 54_336), activations: 4 * 19_115_520 },
    layers: { conv: 293, norm: 292, linear: 0 },
  })
  t.end()
})

t.test('the pipeline changes no figure but the number of norms', (t) => {
  const { plain, graph } = compile(zooModel('hrnet-w18-c'), {
    size: { height: 64, width: 64 },
    passes: pipeline,
  })
  const [before, after] = [countGraph(plain), countGraph(graph)]
  for (const figure of ['parameters', 'buffers', 'macs', 'activations'] as const)
    t.equal(after[figure], before[figure], figure)
  t.strictSame([before.layers.norm, after.layers.norm], [325, 0])
  t.end()
})

t.test('what has no fixed size cannot be counted', (t) => {
  const { plain } = compile(zooModel('hrnet-v2-w1'), {
    size: { height: { multiple: 32 }, width: 64 },
    passes: [],
  })
  t.throws(() => countGraph(plain), {
    name: 'InputError',
    message: /hrnet-v2-w1 has no fixed size: its input is \[1, 3, height, 64\]/,
  })
  t.end()
})

t.test('a figure past 2^53 is refused, with about what it is', (t) => {
  const wide = (channels: number) =>
    model('wide', image(1), (x) => ({
      y: conv(conv(x, channels, { kernel: 1 }), channels, { kernel: 1 }),
    }))
  // 2^40 weights at 2^side positions, and as many as the first layer has.
  const at = (height: number) => countGraph(sized(wide(2 ** 20), height, 1))
  t.equal(at(2 ** 12).macs, 2 ** 52 + 2 ** 32)
  t.throws(() => at(2 ** 13), {
    name: 'InputError',
    message: /wide has about 9\.01e\+15 multiply-accumulates, past 2\^53 = 9007199254740992/,
  })
  t.throws(() => countGraph(sized(wide(2 ** 27), 1, 1)), { message: /about 1\.80e\+16 parameters/ })
  t.throws(() => countGraph(sized(wide(2 ** 26), 1, 1)), {
    message: /about 1\.80e\+16 bytes of weights/,
  })
  t.end()
})
