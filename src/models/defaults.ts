import { imagenet } from '../dsl/answer.js'
import type { OptionNames } from '../dsl/expect.js'
import { type Image, image } from '../dsl/model.js'
import { type FusionOptions, fusionOptions } from './trunk.js'

/** What the networks of a task are given, and how they fuse, where nothing else is asked for. */
export interface Task {
  /** [height, width] */
  readonly size: readonly [number, number]
  /** As the authors' released code has it; the same weights give another answer under the other. */
  readonly upsample: NonNullable<FusionOptions['upsample']>
}

/** For networks that find joints or landmarks. */
export interface PoseOptions extends FusionOptions {
  readonly joints?: number
}

export const poseOptions: OptionNames<PoseOptions> = { joints: true, ...fusionOptions }

/** For networks that tell classes apart in every pixel. */
export interface SegmentationOptions extends FusionOptions {
  readonly classes?: number
}

export const segmentationOptions: OptionNames<SegmentationOptions> = {
  classes: true,
  ...fusionOptions,
}

export const pose: Task & { readonly joints: number } = {
  size: [256, 192],
  upsample: 'nearest',
  joints: 17,
}
export const landmarks: Task & { readonly joints: number } = {
  size: [256, 256],
  upsample: 'bilinear',
  joints: 19,
}
export const segmentation: Task & { readonly classes: number } = {
  size: [1024, 2048],
  upsample: 'bilinear',
  classes: 19,
}
export const classification: Task & { readonly classes: number } = {
  size: [224, 224],
  upsample: 'nearest',
  classes: 1000,
}
export const detection: Task = { size: [800, 1216], upsample: 'nearest' }
export const representation: Task = { size: [224, 224], upsample: 'nearest' }

/** What a network of a task is given: a photograph, normalised as in the training of all released HRNets. */
export function photographOf({ size }: Task): Image<3> {
  return image(3, { size, normalisation: imagenet })
}
