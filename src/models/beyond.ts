import * as task from './defaults.js'
import { type Family, family } from './family.js'
import { hrnetOcr } from './hrnet/ocr.js'
import { higherHrnet } from './pose/higher-hrnet.js'
import { liteHrnet } from './pose/lite-hrnet.js'
import { ddrnet } from './segmentation/ddrnet.js'
import { uHrnet } from './segmentation/u-hrnet.js'
import { hrformer } from './transformer/hrformer.js'
import { hrformerPose } from './transformer/hrformer-pose.js'

/** Networks of many resolutions beyond the paper. */
export const familiesBeyond: readonly Family[] = [
  family('hrnet-ocr-w{C}', 'HRNet-OCR, segmentation by the regions of the classes', {
    task: task.contextSegmentation,
    outputs: ['aux', 'logits'],
    network: hrnetOcr,
  }),
  family('higher-hrnet-w{C}', 'HigherHRNet, joints of all people: heatmaps and tags', {
    task: task.bottomUpPose,
    also: { finalKernel: 1 },
    outputs: ['stride4', 'stride2'],
    network: higherHrnet,
  }),
  family('lite-hrnet-18', 'Lite-HRNet-18, heatmaps of human joints', {
    task: task.litePose,
    outputs: ['heatmaps'],
    network: (_, options) => liteHrnet(18, options),
  }),
  family('lite-hrnet-30', 'Lite-HRNet-30, heatmaps of human joints', {
    task: task.litePose,
    outputs: ['heatmaps'],
    network: (_, options) => liteHrnet(30, options),
  }),
  ...(['23-slim', '23', '39'] as const).map((version) =>
    family(`ddrnet-${version}`, `DDRNet-${version}, segmentation, class scores at 1/8`, {
      task: task.withoutFusion(task.segmentation),
      outputs: ['logits'],
      network: (_, options) => ddrnet(version, options),
    }),
  ),
  family('u-hrnet-w{C}', 'U-HRNet, segmentation', {
    task: task.paddleSegmentation,
    outputs: ['logits'],
    multiple: 2,
    network: uHrnet,
  }),
  family('u-hrnet-w{C}-small', 'U-HRNet of fewer units, segmentation', {
    task: task.paddleSegmentation,
    outputs: ['logits'],
    multiple: 2,
    network: (width, options) => uHrnet(width, options, 'small'),
  }),
  ...(['t', 's', 'b'] as const).map((version) =>
    family(`hrformer-${version}`, `HRFormer-${version.toUpperCase()}, classification`, {
      task: task.transformerClassification,
      outputs: ['logits'],
      network: (_, options) => hrformer(version, options),
    }),
  ),
  ...(['s', 'b'] as const).map((version) =>
    family(
      `hrformer-${version}-pose`,
      `HRFormer-${version.toUpperCase()}, heatmaps of human joints`,
      {
        task: task.transformerPose,
        also: { positionBias: true },
        outputs: ['heatmaps'],
        network: (_, options) => hrformerPose(version, options),
      },
    ),
  ),
]
