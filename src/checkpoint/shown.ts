import type { Family, ZooOptions } from '../models/family.js'
import { canonicalName } from '../weights/layouts/recognise.js'
import type { Keyed } from './match.js'

/** What the keys and shapes of a file show of the network that it is of. */
export interface Shown {
  /** Of the finest branch; nothing where there are no branches. */
  readonly width?: number
  /** Classes and joints as they are, other options where they are not what a network of the zoo has by default. */
  readonly options: ZooOptions
}

export function shownBy({ tensors, layout }: Keyed): Shown {
  const shapes = new Map(tensors.map(({ name, shape }) => [canonicalName(name, layout), shape]))
  const first = (...names: readonly string[]): readonly number[] | undefined =>
    names.map((name) => shapes.get(name)).find((shape) => shape)
  const [classes] = first('last_layer.3.weight', 'classifier.weight', 'cls_head.weight') ?? []
  // Of HigherHRNet's two heads the second has heatmaps alone.
  const heatmaps = ['final_layer.weight', 'final_layers.1.weight', 'head.3.weight'] as const
  const joints = first(...heatmaps)
  const last = first(...heatmaps, 'last_layer.3.weight')
  const [, width] = first('stage2.0.branches.0.0.conv1.weight') ?? []
  const unbiased = ['last_layer.0', 'head.0', 'downsamp_modules.0.0'].some(
    (name) => shapes.has(`${name}.weight`) && !shapes.has(`${name}.bias`),
  )
  return {
    ...(width === undefined ? {} : { width }),
    options: {
      ...(classes === undefined ? {} : { classes }),
      ...(joints === undefined ? {} : { joints: joints[0] }),
      ...(shapes.has('stage2.0.branches.0.0.conv3.weight') ? { unit: 'bottleneck' } : {}),
      ...(unbiased ? { headBias: false } : {}),
      ...(last?.[3] === 3 ? { finalKernel: 3 } : {}),
      ...(shapes.has('neck.fpn_conv.weight') ? { shareConv: true } : {}),
    },
  }
}

/** Those of some options that a family has. */
export function applying({ options }: Family, given: ZooOptions): ZooOptions {
  return Object.fromEntries(
    Object.entries(given).filter(([option]) => options.includes(option as keyof ZooOptions)),
  )
}
