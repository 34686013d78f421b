import t from 'tap'
import type { ConventionName } from '../src/analysis/conventions.js'
import { quantitiesOf } from '../src/analysis/quantities.js'
import { conv, countByConventions, foreign, image, model, zooModel } from '../src/index.js'
import { sized } from './support/passes.js'

t.test('quantities are what PyTorch was seen to have, to the digit', (t) => {
  const segmentation = quantitiesOf(sized(zooModel('hrnet-v2-w18'), 512, 1024))
  t.match(segmentation.of, {
    convMacs: 36_850_262_016,
    convOutputs: 155_472_896,
    convBiased: 9_469_952,
    norm: 154_850_304,
    normParameters: 34_476,
    relu: 147_558_400,
    add: 85_975_040,
    bilinear: 22_265_856,
    sizeAreas: 776_192,
    nearest: 0,
    linearMacs: 0,
  })
  const pose = quantitiesOf(sized(zooModel('hrnet-v1-w32'), 256, 192))
  t.match(pose.of, {
    convMacs: 7_645_003_776,
    convOutputs: 19_115_520,
    convBiased: 52_224,
    norm: 19_063_296,
    normParameters: 54_336,
    relu: 18_530_304,
    add: 11_624_448,
    bilinear: 0,
    nearest: 2_211_840,
    factorInputs: 336_384,
  })
  t.end()
})

t.test('the figures of two networks under each convention are those of the tools', (t) => {
  const figures = (name: string, height: number, width: number) =>
    Object.fromEntries(
      countByConventions(zooModel(name), { size: { height, width } }).map((one) => [
        one.name,
        one.value,
      ]),
    )
  const segmentation: Partial<Record<ConventionName, number>> = {
    authors: 36_850_262_016,
    fvcore: 37_249_026_048,
    mmengine: 37_249_026_048,
    timm: 37_249_026_048,
    thop: 37_469_663_232,
    ptflops: 37_486_815_232,
    'ptflops-aten': 36_859_731_968,
    torchinfo: 36_859_766_444,
    torch: 73_700_524_032,
    calflops: 74_168_029_184,
    deepspeed: 74_168_029_184,
    'onnx-tool': 37_328_331_776,
  }
  t.match(figures('hrnet-v2-w18', 512, 1024), segmentation)
  const pose: Partial<Record<ConventionName, number>> = {
    authors: 7_645_003_776,
    fvcore: 7_685_342_208,
    mmengine: 7_685_342_208,
    thop: 7_723_468_800,
    ptflops: 7_724_666_880,
    'ptflops-aten': 7_645_056_000,
    torchinfo: 7_645_110_336,
    calflops: 15_347_053_056,
    deepspeed: 15_348_928_512,
    'onnx-tool': 7_694_274_048,
  }
  t.match(figures('hrnet-v1-w32', 256, 192), pose)
  t.end()
})

t.test(
  'of a RoI head the authors’ figures for detection have the shared linear layers alone',
  (t) => {
    const net = zooModel('faster-rcnn-hrnet-v2p-w1', { classes: 4 })
    const size = { height: 64, width: 64 }
    const [all, alone] = countByConventions(net, { size }, ['authors', 'detection'])
    // fc_cls has 4 classes and the background, fc_reg 4 sides for each; over 512 regions.
    t.equal(Number(all?.value) - Number(alone?.value), 512 * 1024 * (5 + 20))
    t.end()
  },
)

t.test(
  'a batch is counted by the tools that are given one, and not by those that make their own',
  (t) => {
    const values = (batch: number) =>
      countByConventions(zooModel('hrnet-w1-c'), { size: { batch, height: 32, width: 32 } })
    const perImage: readonly ConventionName[] = ['authors', 'detection', 'ptflops', 'ptflops-aten']
    const [one, two] = [values(1), values(2)]
    for (const [i, { name, value }] of one.entries())
      t.equal(two[i]?.value, perImage.includes(name) ? value : 2 * value, name)
    t.end()
  },
)

t.test('what a convention does not cover is told, and is not in its value', (t) => {
  const foreigner = model('foreigner', image(4), (x) => {
    const results = [{ kind: 'feature', channels: 4, stride: 1 }] as const
    return { y: foreign('Erf', { inputs: [conv(x, 4, { kernel: 1 })], results })[0] }
  })
  for (const { name, uncovered } of countByConventions(foreigner)) t.same(uncovered, ['Erf'], name)
  t.end()
})

t.test('a figure past 2^53 is refused, as it would not be exact', (t) => {
  const wide = model('wide', image(1), (x) => ({
    y: conv(conv(x, 2 ** 20, { kernel: 1 }), 2 ** 20, { kernel: 1 }),
  }))
  const size = { height: 2 ** 12, width: 1 }
  t.equal(countByConventions(wide, { size }, ['authors'])[0]?.value, 2 ** 52 + 2 ** 32)
  t.throws(() => countByConventions(wide, { size }, ['torch']), {
    message: /9\.01e\+15 FLOPs of torch/,
  })
  t.end()
})
