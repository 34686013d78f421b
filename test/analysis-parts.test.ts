import t from 'tap'
import { type Count, countGraph, type Figures } from '../src/analysis/count.js'
import { compile } from '../src/compile.js'
import {
  add,
  conv,
  convBnRelu,
  everyToEvery,
  type Feature,
  foreign,
  fourBasic,
  globalPool,
  image,
  linear,
  type Model,
  model,
  type Outputs,
  parameter,
  scope,
  shared,
  stage,
} from '../src/index.js'
import { zooModel } from '../src/models/zoo.js'
import { sized } from './support/passes.js'

const fusion = everyToEvery({ interpolation: { mode: 'nearest' } })

/** A small network of one's own over 32×32. */
function counted(body: (x: Feature<3, 1>) => Outputs): Count {
  const net = model('own', image(3), body as (x: Feature<3, 1>) => { y: Feature })
  return countGraph(sized(net, 32, 32))
}

function paths(parts: readonly { readonly path: string }[]): string {
  return parts.map(({ path }) => path).join(' ')
}

/** A backbone of two stages with names as HRNet has them. */
function backbone(x: Feature<3, 1>): Feature {
  const half = conv(x, 4, { kernel: 3, stride: 2, name: 'conv1' })
  const start = conv(half, 4, { kernel: 1, name: 'conv2' })
  const two = stage(2, [start], { widths: [4, 8], modules: 2, ...fourBasic, units: 1, fusion })
  const [y] = stage(3, two, { widths: [4, 8, 16], modules: 1, ...fourBasic, units: 1, fusion })
  return y
}

t.test('each list of parts adds up to the whole, exactly', (t) => {
  const networks: readonly Model[] = [
    ...['hrnet-v2-w18', 'hrnet-v1-w7', 'hrnet-v2p-w1', 'hrnet-w8-c', 'hrnet-w7-cii'].map((name) =>
      zooModel(name),
    ),
    zooModel('hrnet-w3-features'),
    model('own', image(3), (x) => {
      const y = shared('twice', () => convBnRelu(x, 3, { kernel: 3 }))
      const z = shared('twice', () => convBnRelu(y, 3, { kernel: 3 }))
      const results = [{ kind: 'feature', channels: 3, stride: 1 }] as const
      const [odd] = foreign('PRelu', { inputs: [z, parameter('slope', [3, 1, 1])], results })
      return { y: linear(globalPool(add(odd, z)), 5), deep: scope('backbone', () => backbone(x)) }
    }),
  ]
  const figures = ({ parameters, buffers, macs, activations, bytes }: Figures): number[] => [
    parameters,
    buffers,
    macs,
    activations,
    bytes.weights,
    bytes.activations,
  ]
  for (const network of networks) {
    const { plain, graph } = compile(network, { size: { height: 128, width: 64 } })
    for (const each of [plain, graph]) {
      const { parts, ...whole } = countGraph(each)
      for (const [division, list] of Object.entries(parts)) {
        const sum = list.map(figures).reduce((a, b) => a.map((n, i) => n + (b[i] as number)))
        t.strictSame(sum, figures(whole), `${network.name} by ${division}`)
        t.equal(new Set(list.map(({ path }) => path)).size, list.length, 'each part is there once')
      }
    }
  }
  t.end()
})

t.test('HRNet is told in the words of the paper, in the order in which it runs', (t) => {
  const { parts } = countGraph(sized(zooModel('hrnet-v2-w18'), 64, 64))
  t.equal(
    paths(parts.stage),
    'stem layer1 transition1 stage2 transition2 stage3 transition3 stage4 last_layer',
  )
  t.equal(
    paths(parts.branch.slice(0, 9)),
    [
      'stem layer1 transition1.0 transition1.1',
      'stage2.*.branches.0 stage2.*.branches.1 stage2.*.fuse_layers.0 stage2.*.fuse_layers.1',
      'transition2.2',
    ].join(' '),
  )
  const [stem, layer1] = parts.stage
  t.strictSame([stem?.parameters, stem?.macs], [38_848, 32 ** 2 * 64 * 27 + 16 ** 2 * 64 * 576])
  t.equal(layer1?.parameters, 75_008 + 3 * 70_400, 'a unit that projects, three that do not')
  t.equal(parts.layer.length, 307 + 306)
  t.end()
})

t.test('branches of one stage come in the order of their numbers, past ten too', (t) => {
  const { parts } = counted((x) =>
    Object.fromEntries(
      [11, 2, 10, 0].map((n) => [
        `y${n}`,
        scope(`stage2.0.branches.${n}`, () => conv(x, 1, { kernel: 1 })),
      ]),
    ),
  )
  const numbers = parts.branch.map(({ path }) => path.replace('stage2.*.branches.', ''))
  t.strictSame(numbers, ['0', '2', '10', '11'])
  t.end()
})

t.test('a backbone that stands in a scope is looked into', (t) => {
  const { parts } = counted((x) => ({
    y: scope('head', () =>
      conv(
        scope('net.backbone', () => backbone(x)),
        2,
        { kernel: 1 },
      ),
    ),
  }))
  t.equal(
    paths(parts.stage),
    ['stem', 'transition1', 'stage2', 'transition2', 'stage3']
      .map((stage) => `head.net.backbone.${stage}`)
      .concat('head')
      .join(' '),
  )
  const both = counted((x) => ({
    y: scope('stage1.0', () =>
      conv(
        scope('teacher', () => backbone(x)),
        2,
        { kernel: 1 },
      ),
    ),
    z: scope('teacher.stage1', () => conv(x, 2, { kernel: 1 })),
    w: scope('stage1', () => conv(x, 2, { kernel: 1 })),
  }))
  t.equal(
    paths(both.parts.stage),
    'stage1.0.teacher.stem stage1.0.teacher.transition1 stage1.0.teacher.stage2 stage1.0.teacher.transition2 stage1.0.teacher.stage3 teacher.stage1 stage1',
  )
  t.end()
})

t.test(
  'a network without stages is told by its outermost scopes, each loose layer by itself',
  (t) => {
    const { parts } = counted((x) => {
      const y = conv(x, 4, { kernel: 3, name: 'first' })
      const z = scope('body', () => scope('deep', () => convBnRelu(y, 4, { kernel: 3 })))
      return { y: scope('head', () => conv(z, 2, { kernel: 1 })) }
    })
    t.equal(paths(parts.stage), 'first body head')
    t.equal(paths(parts.branch), 'first body head')
    t.equal(paths(parts.layer), 'first body.deep.0 body.deep.1 head.0')
    t.end()
  },
)

t.test('a scope that only ends like a stage is none', (t) => {
  const { parts } = counted((x) => {
    const y = conv(x, 4, { kernel: 3, name: 'presto' })
    const z = scope('prestage1', () => conv(y, 4, { kernel: 3 }))
    return { y: scope('prefix', () => conv(z, 2, { kernel: 1 })) }
  })
  t.equal(paths(parts.stage), 'presto prestage1 prefix')
  t.end()
})
