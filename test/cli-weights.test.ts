import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import t, { type Test } from 'tap'
import type { ZooOptions } from '../src/models/family.js'
import { zooModel } from '../src/models/zoo.js'
import { type Rename, tensorsOf } from './support/checkpoint-file.js'
import { checkpoint } from './support/checkpoints.js'
import {
  document,
  documentsInTurn,
  heddle,
  heddleInTurn,
  type Json,
  netFile,
  scratch,
} from './support/heddle.js'
import { safetensors, type Written } from './support/safetensors.js'

/** A folder with a file of weights of a network of width 1. */
function folder(
  t: Test,
  name: string,
  {
    options = {},
    rename,
    more = [],
  }: { options?: ZooOptions; rename?: Rename; more?: readonly Written[] } = {},
): string {
  const cwd = scratch(t)
  const tensors = [...tensorsOf(zooModel(name, options), rename), ...more]
  writeFileSync(join(cwd, 'net.safetensors'), safetensors(tensors))
  return cwd
}

const mmseg: Rename = (name) =>
  /^last_layer/.test(name)
    ? name
        .replace('last_layer.0', 'decode_head.convs.0.conv')
        .replace('last_layer.1', 'decode_head.convs.0.bn')
        .replace('last_layer.3', 'decode_head.conv_seg')
    : `backbone.${name}`
const loss: Written = { name: 'loss.criterion.weight', shape: [2], values: Float32Array.of(1, 1) }
const net = '--weights net.safetensors --input 32x32'

t.test(
  'build tells where the weights are from, to people, to programs, and in the file',
  async (t) => {
    const cwd = folder(t, 'hrnet-v2-w1', { more: [loss] })
    const [told, inPlace] = heddleInTurn(
      [`build hrnet-v2-w1 ${net} -o net.onnx --json`, `build hrnet-v2-w1 ${net} --inplace-abn`],
      { cwd },
    )
    t.equal(told?.code, 0)
    const json: Json = JSON.parse(told?.stdout ?? '')
    t.same(json.weights, {
      layout: 'authors-segmentation',
      container: '',
      tensors: 1533,
      unused: ['loss.criterion.weight'],
      notes: json.weights.notes,
    })
    t.match(json.weights.notes.join(), 'InPlaceABN')
    t.notOk('seed' in json)
    const file = onnxProto.onnx.ModelProto.decode(readFileSync(join(cwd, 'net.onnx')))
    const said = file.metadataProps?.find(({ key }) => key === 'weights')
    t.equal(said?.value, 'net.safetensors (authors-segmentation)')
    t.match(
      inPlace?.stdout,
      'weights of net.safetensors: authors-segmentation, 1,533 tensors\n  not used: loss (1)\n',
    )
    t.notMatch(inPlace?.stdout, 'seed')
  },
)

t.test(
  'a seeded file builds the same bytes as its seed, but for what it says of itself',
  async (t) => {
    const cwd = folder(t, 'hrnet-v2-w1')
    const lines = [`${net} -o file.onnx`, '--seed 0 --input 32x32 -o seed.onnx']
    heddleInTurn(
      lines.map((line) => `build hrnet-v2-w1 ${line}`),
      { cwd },
    )
    const [a, b] = ['file.onnx', 'seed.onnx'].map((name) => {
      const { graph } = onnxProto.onnx.ModelProto.decode(readFileSync(join(cwd, name)))
      return graph?.initializer?.map(({ name, rawData }) => [name, Buffer.from(rawData ?? [])])
    })
    t.same(a, b)
  },
)

t.test('verify takes weights, and a seed for the image', async (t) => {
  const cwd = folder(t, 'hrnet-v1-w1')
  writeFileSync(join(cwd, 'net.ts'), netFile('net', 'conv(x, 8, { kernel: 3, name: "last" })'))
  const values = new Float32Array(8 * 3 * 9).fill(0.5)
  const last = safetensors([{ name: 'last.weight', shape: [8, 3, 3, 3], values }])
  writeFileSync(join(cwd, 'last.safetensors'), last)
  const [told, shown] = heddleInTurn(
    [
      `verify hrnet-v1-w1 ${net} --seed 3 --json`,
      'verify ./net.ts --weights last.safetensors --input 32x32',
    ],
    { cwd },
  )
  t.equal(told?.code, 0)
  t.match(JSON.parse(told?.stdout ?? ''), {
    ok: true,
    verdict: 'equal',
    reference: 'float64',
    seed: 3,
    weights: { layout: 'authors-pose', unused: [], notes: [] },
  })
  t.match(shown?.stdout, ', image of seed 0\n  weights of last.safetensors')
})

t.test(
  'variants that keys show are followed and told of; what was stated is not overruled',
  async (t) => {
    const cwd = folder(t, 'hrnet-v2-w1', {
      options: { headBias: false, finalKernel: 3 },
      rename: mmseg,
    })
    const line = `build hrnet-v2-w1 ${net}`
    const trunk = `build hrnet-w1-trunk ${net} --upsample bilinear --fuse-twice --json`
    const [told, shown, stated, other] = heddleInTurn(
      [`${line} --json`, line, `${line} --head-bias`, trunk],
      { cwd },
    )
    const json: Json = JSON.parse(told?.stdout ?? '')
    t.equal(json.weights.layout, 'mmseg')
    t.equal(
      json.weights.notes[0],
      'the network is made with --no-head-bias --final-kernel 3, as the keys show',
    )
    t.match(shown?.stdout, '--no-head-bias, --final-kernel 3')
    t.equal(stated?.code, 2)
    t.match(stated?.stderr, 'missing (1): last_layer.0.bias')
    const { notes } = JSON.parse(other?.stdout ?? '').weights
    t.same(notes, [], 'a network without such a head is made as it is')
  },
)

t.test('a convolution more of DeepLabv3’s head is followed', async (t) => {
  const cwd = scratch(t)
  const values = Float32Array.of(1)
  const tensors = ['classifier.1.weight', 'classifier.4.weight'].map((name) => ({
    name,
    shape: [1],
    values,
  }))
  writeFileSync(join(cwd, 'net.safetensors'), safetensors(tensors))
  const { stderr } = heddle('build deeplabv3-resnet-101 --weights net.safetensors', { cwd })
  t.match(stderr, 'of another shape (2): classifier.1.weight is [1], not [256, 256, 3, 3]')
})

t.test('a misfit leaves nothing, and names the network as the command line takes it', async (t) => {
  const cwd = folder(t, 'hrnet-v2-w1', { options: { classes: 21 } })
  const { code, stderr, json } = document(`build hrnet-v2-w1 ${net} -o net.onnx`, { cwd })
  t.equal(code, 2)
  t.match(stderr, 'last_layer.3.weight is [21, 15, 1, 1], not [19, 15, 1, 1]')
  t.equal(json.error.remedy, 'It fits hrnet-v2-w1 --classes 21.')
  t.notOk(existsSync(join(cwd, 'net.onnx')))
})

t.test('weights that are not finite leave nothing', async (t) => {
  const bad: Rename = (name) => (name === 'bn1.bias' ? undefined : name)
  const values = new Float32Array(64).fill(Number.NaN)
  const cwd = folder(t, 'hrnet-v1-w1', {
    rename: bad,
    more: [{ name: 'bn1.bias', shape: [64], values }],
  })
  const line = `build hrnet-v1-w1 ${net} -o`
  const [refused, allowed] = heddleInTurn(
    [`${line} net.onnx`, `${line} allowed.onnx --allow-non-finite`],
    { cwd },
  )
  t.equal(refused?.code, 2)
  t.match(
    refused?.stderr,
    'bn1.bias [64] holds 64 of 64 values that are not finite, the first at 0 (NaN)',
  )
  t.notOk(existsSync(join(cwd, 'net.onnx')))
  t.equal(allowed?.code, 0)
})

t.test('options that contradict or say nothing are refused', async (t) => {
  const cwd = folder(t, 'hrnet-v1-w1')
  const refused = [
    [`build hrnet-v1-w1 ${net} --seed 1`, '--seed 1 and --weights net.safetensors both say'],
    ['build hrnet-v1-w1 --ema', '--ema says how a file of weights is read, and none is given'],
    ['verify hrnet-v1-w1 --inplace-abn', '--inplace-abn says how a file of weights is read'],
    [`build hrnet-v1-w1 ${net} -o net.safetensors`, 'net.safetensors is a file that is read'],
    ['build hrnet-v1-w1 --weights nosuch.pth', 'nosuch.pth cannot be read: there is no such file'],
    [`build hrnet-v1-w1 ${net} --ema`, 'net.safetensors has no averaged weights (EMA)'],
    [`verify net.onnx --weights net.safetensors`, '--weights does not apply to net.onnx'],
    ['verify net.onnx --ema', '--ema does not apply to net.onnx'],
    ['count hrnet-v1-w1 --weights net.safetensors', '--weights does not apply to heddle count'],
    ['inspect nosuch.pth', 'nosuch.pth cannot be read'],
    ['build hrnet-v2p-w1 --pooling avg', '--pooling is avg'],
    ['build hrnet-v2-w1 --final-kernel 2', '--final-kernel is 2'],
  ] as const
  const all = heddleInTurn(
    refused.map(([line]) => line),
    { cwd },
  )
  for (const [i, [line, problem]] of refused.entries())
    t.match(all[i], { code: 2, stdout: /^$/, stderr: problem }, line)
})

t.test('a network of a user’s takes a training file of PyTorch’s', async (t) => {
  const cwd = scratch(t, {
    'net.ts': `import { convBn, image, model } from 'heddle'
export const net = model('net', image(1, { size: [8, 8] }), (x) => ({ y: convBn(x, 2, { kernel: 1, bias: true }) }))
`,
  })
  copyFileSync(checkpoint('training.pth'), join(cwd, 'training.pth'))
  const line = 'build ./net.ts --weights training.pth'
  const [plain, ema] = documentsInTurn([`${line} -o net.onnx`, `${line} --ema -o ema.onnx`], {
    cwd,
  }).map(({ json }) => json)
  t.match(plain.weights, { layout: 'own', container: 'state_dict', tensors: 6, unused: [] })
  t.match(plain.weights.notes[0], 'state_dict_ema (7 tensors), which was not taken: --ema takes it')
  t.equal(ema.weights.container, 'state_dict_ema')
  t.not(
    readFileSync(join(cwd, 'net.onnx')).compare(readFileSync(join(cwd, 'ema.onnx'))),
    0,
    'its values are others',
  )
})

t.test('inspect lists tensors and the networks that fit, best first', async (t) => {
  const cwd = folder(t, 'hrnet-v2-w1', {
    options: { classes: 21, headBias: false },
    rename: mmseg,
    more: [loss],
  })
  const line = 'inspect net.safetensors'
  const [told, shown] = heddleInTurn([`${line} --json`, line], { cwd })
  const json: Json = JSON.parse(told?.stdout ?? '')
  t.match(json, { format: 'safetensors', container: '', containers: [''], layout: 'mmseg' })
  t.same(json.tensors[0], { name: 'backbone.conv1.weight', shape: [64, 3, 3, 3], dtype: 'float32' })
  t.same(json.fits[0], {
    model: 'hrnet-v2-w1',
    options: '--classes 21 --no-head-bias',
    missing: [],
    extra: [],
    unused: ['loss.criterion.weight'],
  })
  t.equal(json.fits[1].model, 'hrnet-w1-trunk')
  t.match(shown?.stdout, /hrnet-v2-w1 --classes 21 --no-head-bias +0 +0 +1 {2}fits/)
  t.match(shown?.stdout, /\n {2}decode_head +7 +/)
})
