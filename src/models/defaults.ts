import type { Answer, Normalisation } from '../dsl/answer.js'
import type { OptionNames } from '../dsl/expect.js'
import type { DenseHeadOptions } from '../dsl/heads.js'
import type { Calls } from '../dsl/model.js'
import { type FusionOptions, fusionOptions } from './hrnet/trunk.js'

/** What the networks of a task are given where nothing else is asked for, and what they answer. */
export interface Task {
  /** [height, width] */
  readonly size: readonly [number, number]
  /** What the network tells of a picture; nothing where it makes features for another. */
  readonly answer?: Answer
  /** What was done to pixels in training (ImageNet's mean and deviation). */
  readonly normalisation?: Normalisation
  /** How its PyTorch code calls what it can call in more ways than one; as functions where nothing is said. */
  readonly calls?: Partial<Calls>
}

/** Of HRNets, how they fuse too. */
export interface FusingTask extends Task {
  /** As the authors' released code has it; the same weights give another answer under the other. */
  readonly upsample: NonNullable<FusionOptions['upsample']>
  /** Whether bilinear resizing spans corner to corner (false). */
  readonly alignCorners?: boolean
}

/** What a network of another kind has of an HRNet's task: neither its fusion nor how its code calls things. */
export function withoutFusion<T extends FusingTask>(task: T): Omit<T, 'upsample' | 'calls'> {
  const { upsample: _, calls: __, ...rest } = task
  return rest
}

/** Of a head before whose batch norm there is a convolution. */
export interface HeadOptions {
  /** Whether that convolution has a bias (true): it has in the authors' code, not in OpenMMLab's. */
  readonly headBias?: boolean
}

/** For networks that tell classes apart, and leave no other choice. */
export interface ClassOptions {
  readonly classes?: number
}

export const classOptions: OptionNames<ClassOptions> = { classes: true }

/** For networks that find joints, and leave no other choice. */
export interface JointOptions {
  readonly joints?: number
}

export const jointOptions: OptionNames<JointOptions> = { joints: true }

/** For networks that find joints or landmarks. */
export interface PoseOptions extends FusionOptions {
  readonly joints?: number
  /** Side of the last convolution's kernel (1): FINAL_CONV_KERNEL in the authors' configurations. */
  readonly finalKernel?: 1 | 3
}

export const poseOptions: OptionNames<PoseOptions> = {
  joints: true,
  finalKernel: true,
  ...fusionOptions,
}

/** For networks that find landmarks. */
export interface LandmarkOptions extends PoseOptions, HeadOptions {}

export const landmarkOptions: OptionNames<LandmarkOptions> = { headBias: true, ...poseOptions }

/** For networks that tell classes apart in every pixel. */
export interface SegmentationOptions extends FusionOptions, HeadOptions {
  readonly classes?: number
  /** Side of the last convolution's kernel (1): FINAL_CONV_KERNEL in the authors' configurations. */
  readonly finalKernel?: 1 | 3
}

export const segmentationOptions: OptionNames<SegmentationOptions> = {
  classes: true,
  headBias: true,
  finalKernel: true,
  ...fusionOptions,
}

/** The options of `denseHead` that those of a network ask for. */
export function denseHeadOf({
  headBias: bias = true,
  finalKernel: kernel = 1,
}: SegmentationOptions): DenseHeadOptions {
  return { bias, kernel }
}

export const pose: FusingTask & { readonly joints: number } = {
  size: [256, 192],
  upsample: 'nearest',
  joints: 17,
  answer: { kind: 'pose', output: 'heatmaps' },
}
/** Of all people in a picture, whose joints are to be grouped after the network. */
export const bottomUpPose: FusingTask & { readonly joints: number } = {
  size: [512, 512],
  upsample: 'nearest',
  joints: 17,
}
/** Human joints of one person, as in the MPII data. */
export const mpii: Task & { readonly joints: number } = {
  size: [256, 256],
  joints: 16,
  answer: { kind: 'pose', output: 'heatmaps' },
}
export const litePose: Task & { readonly joints: number } = {
  ...withoutFusion(pose),
  calls: { nearest: 'module' },
}
/** HRFormer's heads are products by `torch.bmm`. */
export const transformerPose: Task & { readonly joints: number } = {
  ...withoutFusion(pose),
  calls: { matmul: 'bmm' },
}
export const landmarks: FusingTask & { readonly joints: number } = {
  size: [256, 256],
  upsample: 'bilinear',
  joints: 19,
  answer: { kind: 'landmarks', output: 'heatmaps' },
}
export const segmentation: FusingTask & { readonly classes: number } = {
  size: [1024, 2048],
  upsample: 'bilinear',
  classes: 19,
  answer: { kind: 'segmentation', output: 'logits' },
}
/** HRNet-OCR's configurations leave ALIGN_CORNERS out, whose default is true. */
export const contextSegmentation: typeof segmentation = { ...segmentation, alignCorners: true }
/** As PaddleSeg trains for it: pixels from −1 to 1. */
export const paddleSegmentation: Task & { readonly classes: number } = {
  ...withoutFusion(segmentation),
  normalisation: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
}
export const classification: FusingTask & { readonly classes: number } = {
  size: [224, 224],
  upsample: 'nearest',
  classes: 1000,
  calls: { globalPool: 'window' },
  answer: { kind: 'classification', output: 'logits' },
}
export const transformerClassification: Task & { readonly classes: number } = {
  ...withoutFusion(classification),
  calls: { nearest: 'module', globalPool: 'window', matmul: 'bmm' },
}
export const detection: FusingTask = {
  size: [800, 1216],
  upsample: 'nearest',
  calls: { bilinear: 'factor', pool: 'unseen' },
}
export const representation: FusingTask = { size: [224, 224], upsample: 'nearest' }
