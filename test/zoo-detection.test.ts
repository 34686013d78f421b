import t from 'tap'
import { countGraph } from '../src/analysis/count.js'
import { parametersOf } from '../src/compiler/graph.js'
import { specialise } from '../src/compiler/specialise.js'
import { hrnetDetector, zooModel } from '../src/index.js'
import { equalsAsWritten } from './support/as-written.js'

/** Table 5: GFLOPs, in 2^30 multiply-accumulates; of the heads the shared layers alone count. */
const published: readonly (readonly [string, string])[] = [
  ['resnet-50-fpn', '172.3'],
  ['hrnet-v2p-w18', '159.1'],
  ['resnet-101-fpn', '239.4'],
  ['hrnet-v2p-w32', '245.3'],
  ['resnet-152-fpn', '306.4'],
  ['hrnet-v2p-w40', '314.9'],
  ['resnext-101-64x4d-fpn', '381.8'],
  ['hrnet-v2p-w48', '399.1'],
]
for (const [trunk, giga] of published)
  t.test(`Faster R-CNN over ${trunk} has the ${giga} GFLOPs of Table 5`, async (t) => {
    const { graph } = zooModel(`faster-rcnn-${trunk}`)
    const { macs } = countGraph(specialise(graph, { batch: 1, height: 800, width: 1216 }))
    const predictors = 512 * 1024 * (81 + 4 * 81)
    t.equal(((macs - predictors) / 2 ** 30).toFixed(1), giga)
  })

t.test('a detector is called in its parts as mmdetection calls them', async (t) => {
  const heads = (name: string): readonly string[] =>
    parametersOf(zooModel(name).graph)
      .map(({ attributes }) => `${attributes.name} ${attributes.shape.join('x')}`)
      .filter((line) => /^(?:rpn|bbox|mask)_head\..*weight/.test(line))
  const rpn = [
    'rpn_conv.weight 256x256x3x3',
    'rpn_cls.weight 3x256x1x1',
    'rpn_reg.weight 12x256x1x1',
  ]
  const box = (of: string, deltas: number): string[] => [
    `bbox_head.${of}shared_fcs.0.weight 1024x12544`,
    `bbox_head.${of}shared_fcs.1.weight 1024x1024`,
    `bbox_head.${of}fc_cls.weight 81x1024`,
    `bbox_head.${of}fc_reg.weight ${deltas}x1024`,
  ]
  const mask = [
    ...[0, 1, 2, 3].map((i) => `mask_head.convs.${i}.conv.weight 256x256x3x3`),
    'mask_head.upsample.weight 256x256x2x2',
    'mask_head.conv_logits.weight 81x256x1x1',
  ]
  const own = rpn.map((line) => `rpn_head.${line}`)
  const sorted = (lines: readonly string[]): readonly string[] => [...lines].sort()
  t.same(sorted(heads('faster-rcnn-hrnet-v2p-w1')), sorted([...own, ...box('', 324)]))
  t.same(sorted(heads('mask-rcnn-hrnet-v2p-w1')), sorted([...own, ...box('', 324), ...mask]))
  const cascade = ['0.', '1.', '2.'].flatMap((of) => box(of, 4))
  t.same(sorted(heads('cascade-rcnn-hrnet-v2p-w1')), sorted([...own, ...cascade]))
})

t.test('a picture goes in, and a hundred boxes come out, of Mask R-CNN masks too', async (t) => {
  const network = hrnetDetector('mask', 1)
  const { outputs } = specialise(network.graph, { batch: 1, height: 64, width: 96 })
  t.same(
    outputs.map(({ name, value }) => [name, value.type.element, ...value.type.shape]),
    [
      ['boxes', 'float32', 100, 4],
      ['scores', 'float32', 100],
      ['labels', 'int64', 100],
      ['masks', 'float32', 100, 28, 28],
    ],
  )
  const options = { classes: 3, proposals: 40 }
  await equalsAsWritten(t, hrnetDetector('faster', 1, options), { height: 64, width: 96 })
})

t.test('a detector of two pictures at once is told to take one', async (t) => {
  const { graph } = hrnetDetector('faster', 1)
  t.throws(() => specialise(graph, { batch: 2, height: 64, width: 96 }), {
    message: 'Take one picture at a time: --batch 1.',
  })
})
