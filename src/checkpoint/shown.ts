import type { Family, ZooOptions } from '../models/family.js'
import { canonicalName } from '../weights/layouts/recognise.js'
import { finest } from './marks.js'
import type { Keyed } from './match.js'

/** What the keys and shapes of a file show of the network that it is of. */
export interface Shown {
  /** Of the finest branch; nothing where there are no branches. */
  readonly width?: number
  /** Classes, joints and a ResNet's stem as they are, other options where no network of the zoo has them by default. */
  readonly options: ZooOptions
}

/** Kernels whose first side is the number of classes; of detectors, one more, for the background. */
const classKernels = [
  'last_layer.3',
  'classifier',
  'cls_head',
  'fc',
  'classifier.4',
  'cls.4',
  'decoder.logits',
  'final_layer.conv2',
  'head.cls',
  'head',
]
const regionKernels = ['bbox_head.fc_cls', 'bbox_head.0.fc_cls']
/** Kernels to a heatmap of each joint. Of HigherHRNet's two heads the second has heatmaps alone. */
const jointKernels = [
  'final_layer',
  'final_layers.1',
  'head.3',
  'keypoint_head.final_layer',
  'score.0',
]

/** The shape of the first of some kernels that there is. */
type ShapeOf = (...names: readonly string[]) => readonly number[] | undefined

export function shownBy({ tensors, layout }: Keyed): Shown {
  const shapes = new Map(tensors.map(({ name, shape }) => [canonicalName(name, layout), shape]))
  const kernel: ShapeOf = (...names) =>
    names.map((name) => shapes.get(`${name}.weight`)).find((shape) => shape)
  const [regions] = kernel(...regionKernels) ?? []
  const [classes = regions && regions - 1] = kernel(...classKernels) ?? []
  const [joints] = kernel(...jointKernels) ?? []
  const last = kernel('final_layer', 'final_layers.1', 'head.3', 'last_layer.3')
  const [, width] = shapes.get(finest.hrnet) ?? shapes.get(finest.uHrnet) ?? []
  const unbiased = ['last_layer.0', 'head.0', 'downsamp_modules.0.0'].some(
    (name) => shapes.has(`${name}.weight`) && !shapes.has(`${name}.bias`),
  )
  const stem = stemOf(kernel)
  return {
    ...(width === undefined ? {} : { width }),
    options: {
      ...(classes === undefined ? {} : { classes }),
      ...(joints === undefined ? {} : { joints }),
      ...(shapes.has('stage2.0.branches.0.0.conv3.weight') ? { unit: 'bottleneck' } : {}),
      ...(unbiased ? { headBias: false } : {}),
      ...(last?.[3] === 3 ? { finalKernel: 3 } : {}),
      ...(shapes.has('neck.fpn_conv.weight') ? { shareConv: true } : {}),
      ...(stem === undefined ? {} : { stem }),
      ...(kernel('classifier.4') && kernel('classifier.1') ? { headConv: true } : {}),
    },
  }
}

/** Of a ResNet, how it begins. */
function stemOf(kernel: ShapeOf): ZooOptions['stem'] {
  if (!kernel('layer4.0.conv1', 'backbone.layer4.0.conv1')) return undefined
  if (kernel('conv1', 'backbone.conv1')?.[3] === 7) return '7x7'
  if (kernel('conv3', 'backbone.conv3')) return 'deep'
  return kernel('conv2', 'backbone.conv2') ? '3x3' : undefined
}

/** Those of some options that a family has, and not by default; classes and joints are always told. */
export function applying({ options, defaults }: Family, given: ZooOptions): ZooOptions {
  return Object.fromEntries(
    (Object.entries(given) as [keyof ZooOptions, unknown][]).filter(
      ([option, value]) =>
        options.includes(option) &&
        (option === 'classes' || option === 'joints' || value !== defaults[option]),
    ),
  )
}
