import t from 'tap'
import { bind, type Source } from '../src/checkpoint/bind.js'
import { InputError } from '../src/errors.js'
import type { ZooOptions } from '../src/models/family.js'
import { zooModel } from '../src/models/zoo.js'
import type { StoredTensor } from '../src/weights/formats/tensor-file.js'
import { keyed, realTensors, renamed, zeros } from './support/real-keys.js'

function source(tensors: readonly StoredTensor[]): Source {
  return {
    ...keyed(tensors),
    file: 'net.pth',
    files: ['net.pth'],
    container: 'state_dict',
    left: [],
    inplaceAbnHints: [],
  }
}

function refusal(tensors: readonly StoredTensor[], name: string, options: ZooOptions = {}): string {
  try {
    bind(source(tensors), zooModel(name, options))
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  return 'accepted'
}

const segmentation = realTensors('authors-segmentation')

t.test('the wrong width is told with both shapes, and the width that fits', async (t) => {
  t.equal(
    refusal(segmentation, 'hrnet-v2-w48'),
    [
      'net.pth does not fit hrnet-v2-w48: 76 of 1533 parameters are in it',
      '  of another shape (1457): model.transition1.0.0.weight is [18, 256, 3, 3], not [48, 256, 3, 3], model.transition1.0.1.weight is [18], not [48], model.transition1.0.1.bias is [18], not [48], model.transition1.0.1.running_mean is [18], not [48], and 1453 more',
      '  It fits hrnet-v2-w18 --classes 19.',
    ].join('\n'),
  )
  t.match(
    refusal(segmentation, 'hrnet-w32-trunk'),
    /It fits hrnet-w18-trunk\.$/,
    'of the same kind',
  )
})

t.test('the wrong classes are never followed', async (t) => {
  const message = refusal(segmentation, 'hrnet-v2-w18', { classes: 21 })
  t.match(
    message,
    'of another shape (2): model.last_layer.3.weight is [19, 270, 1, 1], not [21, 270, 1, 1]',
  )
  t.match(message, /It fits hrnet-v2-w18 --classes 19\.$/)
})

t.test('a branch that only one of the two has is missing, or extra', async (t) => {
  const pose = realTensors('authors-pose')
  const trunk = refusal(pose, 'hrnet-w32-trunk')
  t.match(trunk, 'missing (65): stage4.2.fuse_layers.1.0.0.0.weight [64, 32, 3, 3], ')
  t.match(trunk, /It fits hrnet-v1-w32 --joints 17\.$/)
  t.match(
    refusal(segmentation, 'hrnet-v1-w18'),
    /\n {2}extra \(65\): model\.stage4\.2\.fuse_layers\.1\./,
  )
})

t.test('a bias more or less is a misfit', async (t) => {
  t.match(
    refusal(realTensors('mmseg'), 'hrnet-v2-w18'),
    'missing (1): last_layer.0.bias [270]\n  It fits hrnet-v2-w18 --classes 19 --no-head-bias.',
  )
  t.match(
    refusal(segmentation, 'hrnet-v2-w18', { headBias: false }),
    'extra (1): model.last_layer.0.bias [270]\n  It fits hrnet-v2-w18 --classes 19.',
  )
  t.equal(refusal(realTensors('mmseg'), 'hrnet-v2-w18', { headBias: false }), 'accepted')
})

t.test('a layer of a head that heddle does not know of is extra', async (t) => {
  const second = zeros('decode_head.convs.1.conv.weight', [270, 270, 1, 1])
  t.match(
    refusal([...realTensors('mmseg'), second], 'hrnet-v2-w18', { headBias: false }),
    'extra (1): decode_head.convs.1.conv.weight [270, 270, 1, 1]\n  It fits hrnet-w18-trunk, which has no part of 8 of its tensors.',
  )
  const deconvolution = zeros('head.deconv_layers.0.weight', [32, 256, 4, 4])
  t.match(refusal([...realTensors('mmpose, body'), deconvolution], 'hrnet-v1-w32'), 'extra (1)')
})

t.test('a unit more is extra, in the part where it is', async (t) => {
  const more = zeros('model.layer1.4.conv1.weight', [64, 256, 1, 1])
  t.match(
    refusal([...segmentation, more], 'hrnet-v2-w18'),
    'extra (1): model.layer1.4.conv1.weight',
  )
})

t.test('a checkpoint of another network names the network that it fits', async (t) => {
  const message = refusal(realTensors('timm, resnet50'), 'hrnet-w18-c')
  t.match(message, 'net.pth does not fit hrnet-w18-c: 54 of 1631 parameters are in it')
  t.match(message, 'of another shape (1): conv1.weight is [64, 3, 7, 7], not [64, 3, 3, 3]')
  t.match(message, /It fits resnet-50 --classes 1000 --stem 7x7\.$/)
})

t.test('a ResNet of another stem names the option to give', async (t) => {
  const resnet = realTensors('timm, resnet50')
  t.equal(
    refusal(resnet, 'resnet-50'),
    [
      'net.pth does not fit resnet-50: 266 of 272 parameters are in it',
      '  missing (5): conv2.weight [64, 64, 3, 3], bn2.weight [64], bn2.bias [64], bn2.running_mean [64], and 1 more',
      '  of another shape (1): conv1.weight is [64, 3, 7, 7], not [64, 3, 3, 3]',
      '  It fits resnet-50 --classes 1000 --stem 7x7.',
    ].join('\n'),
  )
  t.equal(refusal(resnet, 'resnet-50', { stem: '7x7' }), 'accepted')
})

t.test('a checkpoint that fits nothing is told so, with what is nearest or none', async (t) => {
  const named = (from: RegExp, to: string): string =>
    refusal(
      renamed(realTensors('timm, resnet50'), (key) => key.replace(from, to)),
      'hrnet-w18-c',
    )
  t.match(named(/^fc/, 'head'), 'No network of the zoo has such tensors: heddle inspect net.pth')
  t.match(
    named(/^bn1/, 'norm1'),
    'No network of the zoo fits; nearest is resnet-50 --classes 1000 --stem 7x7: see heddle inspect',
  )
})

t.test('a key that is misspelt is the nearest of its shape', async (t) => {
  const misspelt = renamed(segmentation, (key) =>
    key.replace('stage3.0.branches.1.2.conv2', 'stage3.0.branch.1.2.conv2'),
  )
  t.match(
    refusal(misspelt, 'hrnet-v2-w18'),
    'nearest to stage3.0.branches.1.2.conv2.weight, of its shape: model.stage3.0.branch.1.2.conv2.weight',
  )
})

t.test('a name of a hostile file is a few letters, and moves no cursor', async (t) => {
  const message = refusal(
    [
      ...segmentation,
      zeros(`model.last_layer.\u001b[31m\u009b\nIt fits.`, [1]),
      zeros(`model.last_layer.${'x'.repeat(2 ** 20)}`, [1]),
    ],
    'hrnet-v2-w18',
  )
  t.match(message, 'extra (2): "model.last_layer.\\u001b[31m\\u{9b}\\nIt fits." [1], "model.last')
  t.ok(message.length < 1000)
})

t.test('two tensors of one name are ambiguous', async (t) => {
  const twice = [...segmentation, zeros('module.conv1.weight', [64, 3, 3, 3])]
  t.match(
    refusal(twice, 'hrnet-v2-w18'),
    'twice in the file (1): model.conv1.weight and module.conv1.weight',
  )
})

t.test('counters of batches are never told of', async (t) => {
  const { unused } = bind(source(segmentation), zooModel('hrnet-v2-w18'))
  t.same(unused, ['loss.criterion.weight'])
})
