import t from 'tap'
import type { ConventionName } from '../src/analysis/conventions.js'
import { quantitiesOf } from '../src/analysis/quantities.js'
import { countByConventions, zooModel } from '../src/index.js'
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
