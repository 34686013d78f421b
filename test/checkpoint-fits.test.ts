import t from 'tap'
import { fitsOf, fitText, isFit } from '../src/checkpoint/fits.js'
import { marksOf } from '../src/checkpoint/marks.js'
import { fits, type Keyed, match } from '../src/checkpoint/match.js'
import { parametersOf } from '../src/compiler/graph.js'
import type { Model } from '../src/dsl/model.js'
import type { ZooOptions } from '../src/models/family.js'
import { families, zooModel } from '../src/models/zoo.js'
import { keyed, realTensors, zeros } from './support/real-keys.js'

function fitting(network: string): readonly string[] {
  return fitsOf(keyed(realTensors(network)))
    .filter(isFit)
    .map(fitText)
}

t.test('the network that leaves least unused comes first', async (t) => {
  t.same(fitting('authors-segmentation'), ['hrnet-v2-w18 --classes 19', 'hrnet-w18-trunk'])
  t.same(fitting('timm'), ['hrnet-w18-c --classes 1000', 'hrnet-w18-features', 'hrnet-w18-trunk'])
  t.same(fitting('authors-detection'), ['hrnet-v2p-w18', 'hrnet-w18-trunk'])
  t.same(fitting('authors-pose'), ['hrnet-v1-w32 --joints 17'])
})

t.test('each fit says what of the file it leaves', async (t) => {
  const [best, trunk] = fitsOf(keyed(realTensors('authors-segmentation')))
  t.match(best, { missing: [], extra: [], unused: ['loss.criterion.weight'] })
  t.equal(trunk?.unused.length, 9)
})

t.test('near misses follow, nearest first, with what they lack', async (t) => {
  const all = fitsOf(keyed(realTensors('authors-segmentation')))
  const near = all.filter((fit) => !isFit(fit))
  t.ok(near.length > 0 && near.length <= 3)
  t.same(all.slice(-near.length), near)
  const faults = near.map(({ missing, extra }) => missing.length + extra.length)
  t.same(
    faults,
    faults.toSorted((a, b) => a - b),
  )
  const ci = near.find(({ model }) => model === 'hrnet-w18-ci')
  t.same(ci?.missing, ['classifier.weight', 'classifier.bias'])
})

/** What the file of a network fits, its keys behind a prefix. */
function fittingOwn(name: string, options: ZooOptions, prefix = ''): readonly string[] {
  const parameters = parametersOf(zooModel(name, options).graph)
  const tensors = parameters.map(({ attributes }) =>
    zeros(prefix + attributes.name, attributes.shape),
  )
  return fitsOf(keyed(tensors)).filter(isFit).map(fitText)
}

const own: readonly (readonly [name: string, options: ZooOptions, ...fits: string[]])[] = [
  ['higher-hrnet-w4', { joints: 14, finalKernel: 3 }, '--joints 14 --final-kernel 3'],
  ['hrnet-ocr-w4', { classes: 21 }, '--classes 21', 'hrnet-w4-trunk'],
  ['hrnet-w8-c', { unit: 'bottleneck', classes: 3 }, '--classes 3 --unit bottleneck'],
  ['resnet-38', { classes: 3 }, '--classes 3'],
  ['resnet-50', { classes: 3, stem: '7x7' }, '--classes 3 --stem 7x7'],
  ['resnet-101-fpn', {}, ''],
  ['resnext-101-64x4d-fpn', { stem: 'deep' }, '--stem deep'],
  ['faster-rcnn-resnet-50-fpn', { classes: 3, stem: '3x3' }, '--classes 3 --stem 3x3'],
  ['mask-rcnn-resnet-50-fpn', {}, '--classes 80', 'faster-rcnn-resnet-50-fpn --classes 80'],
  ['cascade-rcnn-hrnet-v2p-w2', { classes: 3 }, '--classes 3', 'hrnet-v2p-w2', 'hrnet-w2-trunk'],
  ['unetplusplus-resnet-101', { classes: 3 }, '--classes 3'],
  ['deeplabv3-resnet-101', { classes: 3, headConv: true }, '--classes 3 --head-conv'],
  ['deeplabv3-resnet-101', {}, '--classes 19'],
  ['deeplabv3plus-xception-71', { classes: 3 }, '--classes 3'],
  ['pspnet-resnet-101', { classes: 3 }, '--classes 3'],
  ['hourglass-8', { joints: 3 }, '--joints 3'],
  ['pose-resnet-50', { joints: 3 }, '--joints 3'],
  ['lite-hrnet-18', { joints: 3 }, '--joints 3'],
  ['ddrnet-23-slim', { classes: 3 }, '--classes 3'],
  ['u-hrnet-w6-small', { classes: 3 }, '--classes 3'],
  ['hrformer-t', { classes: 3 }, '--classes 3'],
  ['hrformer-s-pose', { joints: 3 }, '--joints 3'],
]

for (const [name, options, shown, ...less] of own)
  t.test(`the file of a ${name} ${shown} shows it`, async (t) => {
    const [first, ...rest] = fittingOwn(name, options, 'module.')
    t.equal(first, `${name} ${shown}`.trimEnd())
    for (const each of less) t.ok(rest.includes(each), each)
  })

t.test('a file tells by its marks which networks are made to see', async (t) => {
  t.same(
    families.filter((family) => marksOf(family).length === 0).map(({ name }) => name),
    [],
  )
  t.same(fitsOf(keyed([zeros('conv1.weight', [64, 3, 7, 7])])), [])
})

t.test('sides that no network has are no fits', async (t) => {
  const tensors = realTensors('timm, resnet50').map((tensor) =>
    tensor.name === 'fc.weight' ? { ...tensor, shape: [0, 2048] } : tensor,
  )
  t.same(fitsOf(keyed(tensors)), [])
})

t.test('tables of biases of positions are left where a network has none of them', async (t) => {
  const stored = (model: Model): Keyed =>
    keyed(parametersOf(model.graph).map(({ attributes: { name, shape } }) => zeros(name, shape)))
  const biased = zooModel('hrformer-s-pose')
  const unbiased = zooModel('hrformer-s-pose', { positionBias: false })
  const found = match(unbiased, stored(biased))
  t.ok(fits(found))
  // Two units on each of 2, 3 and 4 branches, in 1, 4 and 2 modules.
  t.equal(found.unused.length, 2 * (2 * 1 + 3 * 4 + 4 * 2))
  t.ok(found.unused.every(({ name }) => name.endsWith('.relative_position_bias_table')))
  t.notOk(fits(match(biased, stored(unbiased))))
})
