import { type Convolving, convBn } from './blocks.js'
import { expectFlag, expectFunction, expectOptions, type OptionNames } from './expect.js'
import type { Feature } from './feature.js'
import { relu } from './pointwise.js'
import { expectInterpolation, type Interpolation, resize } from './resize.js'
import { fail, scope } from './scope.js'
import type { Stride } from './stride.js'

/** What a path is to make: a feature like that of the branch it leads to. */
export interface Target {
  readonly channels: number
  readonly stride: Stride
  /** The branch itself, whose size the result must have. */
  readonly branch: Feature
}

/** A way from one branch to another. */
export type Path = (from: Feature, target: Target) => Feature

/** As it is. */
export const same: Path = (x) => x

export interface UpPath {
  readonly interpolation: Interpolation
  /**
   * To the exact size of the branch it leads to (any input size), rather than by the ratio of the strides
   * (sizes that every stride divides). Bilinear fusion always is; nearest where asked. `twice`: by the ratio, then
   * to the exact size, as mmsegmentation has it: another answer where some stride does not divide the size. So with
   * an interpolation, which is that of the second resize.
   */
  readonly toSize?: boolean | 'twice' | Interpolation
}

const upOptions: OptionNames<UpPath> = { interpolation: true, toSize: true }

/** From a coarser branch: 1×1 convolution to the target's width, batch norm, upsample. */
export function up(options: UpPath): Path {
  expectOptions(options, upOptions, 'a path up')
  const { interpolation } = options
  expectInterpolation(interpolation)
  const exact = options.toSize ?? interpolation.mode === 'bilinear'
  const again = exact === 'twice' ? interpolation : typeof exact === 'object' && exact
  if (again) expectInterpolation(again)
  else expectFlag(exact, 'toSize of a path up')
  return (from, target) => {
    if (from.stride <= target.stride)
      fail(
        'path-direction',
        `a path up from stride ${from.stride} to ${target.stride}`,
        'Use a path down from a finer branch.',
      )
    const x = convBn(from, target.channels, { kernel: 1 })
    const scaled = again ? resize(x, target.stride, interpolation) : x
    return resize(scaled, exact ? target.branch : target.stride, again || interpolation)
  }
}

/** From a finer branch: as many 3×3 convolutions of stride 2 as there are levels; the last has no ReLU. */
export const down: Path = downBy(convBn)

/** The same by another layer than a whole convolution, such as `separableConvBn`. */
export function downBy(layer: Convolving): Path {
  expectFunction(layer, 'the layer of a path down')
  return (from, target) => {
    const steps = Math.log2(target.stride / from.stride)
    if (steps <= 0)
      fail(
        'path-direction',
        `a path down from stride ${from.stride} to ${target.stride}`,
        'Use a path up from a coarser branch.',
      )
    const step = { kernel: 3, stride: 2 } as const
    let x = from
    for (let k = 0; k < steps - 1; k++) x = scope(k, () => relu(layer(x, from.channels, step)))
    return scope(steps - 1, () => layer(x, target.channels, step))
  }
}
