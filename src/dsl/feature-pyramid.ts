import { expectConsecutive } from './branches.js'
import { expectOptions, expectWidth, type OptionNames } from './expect.js'
import type { Branches, Consecutive, Feature, FinestStride, Pyramid } from './feature.js'
import { add, conv, maxPool, resize } from './layers.js'
import { scope } from './scope.js'

export interface FeaturePyramidOptions<D extends number> {
  /** Width of every level (256). */
  readonly channels?: D
}

const featurePyramidOptions: OptionNames<FeaturePyramidOptions<number>> = { channels: true }

/** D for each branch, and once more. */
type Levels<B extends Branches, D> = [...{ -readonly [I in keyof B]: D }, D]

/**
 * The feature pyramid network (Lin et al. 2017): a 1×1 convolution on each branch, to whose result the one of the next
 * coarser branch is added, upsampled; then a 3×3 convolution on each. One more level is every second position of the
 * coarsest. Parameters: `lateral_convs.{branch}.conv`, `fpn_convs.{branch}.conv`. No batch norm, no ReLU.
 */
export function featurePyramid<const B extends Branches, D extends number = 256>(
  branches: B & Consecutive<B>,
  options: FeaturePyramidOptions<D> = {},
): Pyramid<Levels<B, D>, FinestStride<B>> {
  const all: readonly Feature[] = branches
  expectConsecutive(all)
  expectOptions(options, featurePyramidOptions, 'a feature pyramid')
  const channels: number = options.channels ?? 256
  expectWidth(channels, 'a feature pyramid')
  const each = (name: string, xs: readonly Feature[], kernel: 1 | 3): readonly Feature[] =>
    scope(name, () =>
      xs.map((x, i) => scope(i, () => conv(x, channels, { kernel, bias: true, name: 'conv' }))),
    )
  const lateral = each('lateral_convs', all, 1)
  const summed = [...lateral]
  for (let i = summed.length - 2; i >= 0; i--) {
    const [finer, coarser] = [summed[i] as Feature, summed[i + 1] as Feature]
    summed[i] = add(finer, resize(coarser, finer, { mode: 'nearest' }))
  }
  const levels = each('fpn_convs', summed, 3)
  const last = maxPool(levels.at(-1) as Feature, { kernel: 1, stride: 2, name: 'pool' })
  return [...levels, last] as readonly Feature[] as Pyramid<Levels<B, D>, FinestStride<B>>
}
