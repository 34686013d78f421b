import { basic, bottleneck, numbered, repeat } from '../../dsl/blocks.js'
import { type BranchOptions, fourBasic, fourBottleneck, stage } from '../../dsl/branches.js'
import type { OptionNames } from '../../dsl/expect.js'
import type { Feature, Pyramid } from '../../dsl/feature.js'
import { everyToEvery, type FusedOutputs } from '../../dsl/fusion.js'
import type { Interpolation } from '../../dsl/layers.js'
import { scope } from '../../dsl/scope.js'

/** How fusion upsamples: released networks of the same weights differ in it. */
export interface FusionOptions {
  readonly upsample?: 'nearest' | 'bilinear'
  /** Whether bilinear resizing, in the fusion and in the head, spans corner to corner (false). */
  readonly alignCorners?: boolean
  /** Fuse to the exact size of the target, so that any input size works. Bilinear fusion always does. */
  readonly fuseToSize?: boolean
  /** Fuse by the factor, then to the exact size, both bilinear: as mmsegmentation does (false). */
  readonly fuseTwice?: boolean
}

export const fusionOptions: OptionNames<FusionOptions> = {
  upsample: true,
  alignCorners: true,
  fuseToSize: true,
  fuseTwice: true,
}

/** What differs between HRNet and its small versions. */
export interface Plan {
  /** Units of stage 1, and their width. */
  readonly first: { readonly units: number; readonly width: number }
  /** Multi-resolution blocks of stages 2, 3, 4. */
  readonly modules: readonly [number, number, number]
  readonly branch: BranchOptions
}

const full = { first: { units: 4, width: 256 }, modules: [1, 4, 3] } as const
const twoBasic: BranchOptions = { unit: basic, units: 2 }

export const standard: Plan = { ...full, branch: fourBasic }
/** The nets of Table 14 whose branches are of bottleneck units. */
export const ofBottlenecks: Plan = { ...full, branch: fourBottleneck }
/** The small versions, which come in one width each. */
export const small: Readonly<Record<'v1' | 'v2', Plan & { readonly width: number }>> = {
  v1: { width: 16, first: { units: 1, width: 128 }, modules: [1, 1, 1], branch: twoBasic },
  v2: { width: 18, first: { units: 2, width: 256 }, modules: [1, 3, 2], branch: twoBasic },
}

/** Two 3×3 convolutions of stride 2: an image to 64 channels at 1/4. Its middle is timm's finest level. */
export function stem(image: Feature<number, 1>): {
  readonly half: Feature<64, 2>
  readonly quarter: Feature<64, 4>
} {
  const half = numbered(1, image, 64, { kernel: 3, stride: 2 })
  const quarter = numbered(2, half, 64, { kernel: 3, stride: 2 })
  return { half, quarter }
}

interface TrunkOptions<O extends FusedOutputs> {
  readonly plan?: Plan
  /** Whether all four branches come out, or the finest only, as in HRNetV1 (all). */
  readonly outputs?: O
}

/** HRNet's four stages (section 3.1), from the stem's feature to four branches at 1/4 … 1/32. */
export function trunk<O extends FusedOutputs = 'all'>(
  start: Feature<number, 4>,
  width: number,
  { upsample = 'nearest', alignCorners = false, fuseToSize = false, fuseTwice }: FusionOptions,
  { plan = standard, outputs }: TrunkOptions<O> = {},
): O extends 'finest'
  ? readonly [Feature<number, 4>]
  : Pyramid<[number, number, number, number], 4> {
  const [a, b, c, d] = [width, 2 * width, 4 * width, 8 * width] as const
  const { first, modules, branch } = plan
  const interpolation: Interpolation =
    upsample === 'nearest' ? { mode: upsample } : { mode: upsample, alignCorners }
  const toSize = fuseTwice ? 'twice' : fuseToSize || upsample === 'bilinear'
  const fusion = everyToEvery({ interpolation, toSize })
  const block = { ...branch, fusion }
  const stage1 = scope('layer1', () => repeat(first.units, bottleneck(first.width), start))
  const stage2 = stage(2, [stage1], { widths: [a, b], modules: modules[0], ...block })
  const stage3 = stage(3, stage2, { widths: [a, b, c], modules: modules[1], ...block })
  return stage(4, stage3, { widths: [a, b, c, d], modules: modules[2], ...block, outputs }) as never
}
