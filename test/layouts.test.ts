import t from 'tap'
import { fitsOf, fitText } from '../src/checkpoint/fits.js'
import { fits, match } from '../src/checkpoint/match.js'
import { parametersOf } from '../src/compiler/graph.js'
import { zooModel } from '../src/models/zoo.js'
import { keyed, realTensors, renamed } from './support/real-keys.js'

/** A key as its own code has it, of a parameter of heddle's: what the tables of src/weights/layouts turn round. */
type Inverse = (name: string) => string

interface Real {
  /** In test/fixtures/layouts/keys.json.gz. */
  readonly network: string
  readonly layout: string
  /** What the keys show. */
  readonly fit: string
  readonly inverse: Inverse
  /** First components of keys that the network has no part for. */
  readonly unused?: readonly string[]
}

const same: Inverse = (name) => name
const prefixed =
  (prefix: string): Inverse =>
  (name) =>
    `${prefix}${name}`
/** A trunk under `backbone.`, and a head whose parts are called otherwise. */
const openmmlab =
  (head: Readonly<Record<string, string>>): Inverse =>
  (name) => {
    const [ours] = Object.keys(head).filter((prefix) => name.startsWith(prefix))
    return ours === undefined ? `backbone.${name}` : `${head[ours]}${name.slice(ours.length)}`
  }

const real: readonly Real[] = [
  {
    network: 'authors-segmentation',
    layout: 'authors-segmentation',
    fit: 'hrnet-v2-w18 --classes 19',
    inverse: prefixed('model.'),
    unused: ['loss'],
  },
  {
    network: 'authors-segmentation, kernel of 3',
    layout: 'authors-segmentation',
    fit: 'hrnet-v2-w18 --classes 21 --final-kernel 3',
    inverse: same,
  },
  {
    network: 'authors-segmentation, master',
    layout: 'authors-segmentation',
    fit: 'hrnet-v2-small-v1 --classes 19',
    inverse: prefixed('model.'),
    unused: ['loss'],
  },
  {
    network: 'authors-segmentation, OCR',
    layout: 'authors-segmentation',
    fit: 'hrnet-ocr-w18 --classes 19',
    inverse: prefixed('model.'),
    unused: ['loss'],
  },
  {
    network: 'authors-pose',
    layout: 'authors-pose',
    fit: 'hrnet-v1-w32 --joints 17',
    inverse: prefixed('module.'),
  },
  {
    network: 'authors-pose, kernel of 3',
    layout: 'authors-pose',
    fit: 'hrnet-v1-w32 --joints 21 --final-kernel 3',
    inverse: same,
  },
  {
    network: 'authors-landmarks',
    layout: 'authors-landmarks',
    fit: 'hrnet-v2-landmarks-w18 --joints 98',
    inverse: prefixed('module.'),
  },
  {
    network: 'authors-classification',
    layout: 'authors-classification',
    fit: 'hrnet-w18-c --classes 1000',
    inverse: same,
  },
  {
    network: 'authors-classification, small v1',
    layout: 'authors-classification',
    fit: 'hrnet-small-v1-c --classes 1000',
    inverse: same,
  },
  {
    network: 'authors-detection',
    layout: 'authors-detection',
    fit: 'hrnet-v2p-w18',
    inverse: same,
  },
  {
    network: 'authors-detection, shared',
    layout: 'authors-detection',
    fit: 'hrnet-v2p-w18 --share-conv',
    inverse: same,
  },
  {
    // The keys, shapes and order of timm's are those of the authors.
    network: 'timm',
    layout: 'authors-classification',
    fit: 'hrnet-w18-c --classes 1000',
    inverse: same,
  },
  {
    network: 'timm, ssld',
    layout: 'timm',
    fit: 'hrnet-w18-c --classes 1000 --no-head-bias',
    inverse: same,
  },
  { network: 'timm, features', layout: 'timm', fit: 'hrnet-w18-features', inverse: same },
  {
    network: 'mmseg',
    layout: 'mmseg',
    fit: 'hrnet-v2-w18 --classes 19 --no-head-bias',
    inverse: openmmlab({
      'last_layer.0': 'decode_head.convs.0.conv',
      'last_layer.1': 'decode_head.convs.0.bn',
      'last_layer.3': 'decode_head.conv_seg',
    }),
  },
  {
    network: 'mmpose, body',
    layout: 'mmpose',
    fit: 'hrnet-v1-w32 --joints 17',
    inverse: openmmlab({ final_layer: 'head.final_layer' }),
  },
  {
    network: 'mmpose, face',
    layout: 'mmpose',
    fit: 'hrnet-v2-landmarks-w18 --joints 98',
    inverse: openmmlab({
      'head.0': 'head.conv_layers.0',
      'head.1': 'head.conv_layers.1',
      'head.3': 'head.final_layer',
    }),
  },
  {
    network: 'mmpretrain',
    layout: 'mmpretrain',
    fit: 'hrnet-w18-c --classes 1000 --no-head-bias',
    inverse: (name) =>
      openmmlab({
        incre_modules: 'neck.0.increase_layers',
        downsamp_modules: 'neck.0.downsample_layers',
        'final_layer.0': 'neck.0.final_layer.conv',
        'final_layer.1': 'neck.0.final_layer.bn',
        classifier: 'head.fc',
      })(name)
        .replace(/^(neck\.0\.downsample_layers\.\d)\.0\./, '$1.conv.')
        .replace(/^(neck\.0\.downsample_layers\.\d)\.1\./, '$1.bn.'),
  },
  {
    network: 'mmdet',
    layout: 'mmdet',
    fit: 'hrnet-v2p-w18',
    inverse: (name) =>
      name
        .replace('neck.reduction_conv.0.', 'neck.reduction_conv.conv.')
        .replace(/^neck\.fpn_conv\.(\d)\./, 'neck.fpn_convs.$1.conv.'),
    unused: ['rpn_head'],
  },
]

for (const { network, layout, fit, inverse, unused = [] } of real)
  t.test(`keys of ${network} are of ${layout}, and of ${fit}`, async (t) => {
    const file = keyed(realTensors(network))
    t.equal(file.layout.name, layout)
    const [best] = fitsOf(file)
    t.equal(best && fitText(best), fit)
    if (!best) return
    const model = zooModel(best.model, best.options)
    const matched = match(model, file)
    t.ok(fits(matched))
    const names = parametersOf(model.graph).map(({ attributes }) => attributes.name)
    const wrong = names.filter((name) => matched.found.get(name)?.name !== inverse(name))
    t.same(wrong, [])
    const left = matched.unused.map(({ name }) => name.replace(/^model\./, '').split('.')[0])
    t.same(new Set(left), new Set(unused))
  })

/** topdown_heatmap_simple_head.py of mmpose 0.x has 1.x' modules in one list, `keypoint_head.final_layer`. */
const older: readonly (readonly [network: string, rename: Inverse])[] = [
  ['mmpose, body', (key) => key.replace(/^head\./, 'keypoint_head.')],
  [
    'mmpose, face',
    (key) =>
      key
        .replace(/^head\.conv_layers\.(\d)\./, 'keypoint_head.final_layer.$1.')
        .replace(/^head\.final_layer\./, 'keypoint_head.final_layer.3.'),
  ],
]
for (const [network, rename] of older)
  t.test(`${network} is told by the keys of 0.x too`, async (t) => {
    const [now, then] = [realTensors(network), renamed(realTensors(network), rename)].map((all) =>
      keyed(all),
    )
    if (!now || !then) return t.fail()
    t.equal(then.layout, now.layout)
    const [best] = fitsOf(then)
    t.ok(best)
    if (!best) return
    const model = zooModel(best.model, best.options)
    const found = match(model, now).found
    const wrong = [...match(model, then).found].filter(
      ([name, tensor]) => tensor.name !== rename(found.get(name)?.name ?? ''),
    )
    t.same(wrong, [])
    t.equal(found.size, parametersOf(model.graph).length)
  })

t.test('mmdet’s first candidates name the neck half as the authors do', async (t) => {
  const file = keyed(
    renamed(realTensors('mmdet'), (key) => key.replace(/fpn_convs\.(\d)\.conv/, 'fpn_conv.$1')),
  )
  t.equal(file.layout.name, 'mmdet')
  t.ok(fits(match(zooModel('hrnet-v2p-w18'), file)))
})

t.test('wrappers around wrappers are looked through', async (t) => {
  for (const prefix of ['module.', '_orig_mod.', 'module._orig_mod.model.', '_orig_mod.module.']) {
    const file = keyed(renamed(realTensors('mmseg'), (key) => prefix + key))
    t.equal(file.layout.name, 'mmseg', prefix)
    t.ok(fits(match(zooModel('hrnet-v2-w18', { headBias: false }), file)), prefix)
  }
})

t.test('timm’s training files are told by what stands beside their weights', async (t) => {
  const file = keyed(realTensors('timm'), ['epoch', 'arch', 'optimizer', 'version', 'args'])
  t.equal(file.layout.name, 'timm')
  t.equal(keyed(realTensors('timm'), ['epoch', 'arch']).layout.name, 'authors-classification')
})

t.test('a trunk alone, and one under a head that is not known, are trunks', async (t) => {
  const trunk = realTensors('authors-pose').filter(({ name }) => !name.includes('final_layer'))
  t.equal(keyed(trunk).layout.name, 'authors-trunk')
  const other = renamed(realTensors('authors-pose'), (key) => key.replace('final_layer', 'joints'))
  t.equal(keyed(other).layout.name, 'authors-trunk')
})

t.test('the names of any other network are taken as they stand', async (t) => {
  const file = keyed(realTensors('timm, resnet50'))
  t.equal(file.layout.name, 'own')
  t.equal(fitsOf(file).map(fitText)[0], 'resnet-50 --classes 1000 --stem 7x7')
})

t.test('layouts with a trunk’s keys that are no HRNet’s are none', async (t) => {
  const fcn = renamed(realTensors('timm, resnet50'), (key) =>
    key.startsWith('fc.') ? key.replace('fc', 'decode_head.conv_seg') : `backbone.${key}`,
  )
  t.equal(keyed(fcn).layout.name, 'own')
})
