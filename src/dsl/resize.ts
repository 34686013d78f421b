import { make } from '../compiler/make.js'
import {
  describe,
  expectFeature,
  expectFlag,
  expectOneOf,
  expectOptions,
  expectStride,
  expectVector,
  type OptionNames,
} from './expect.js'
import { Feature, type Vector } from './feature.js'
import { fail, functionOrigin } from './scope.js'
import type { Stride } from './stride.js'

/** How values between positions are found. The same weights give another answer under each: never guess it. */
export type Interpolation =
  /** That of the nearest position before: floor(x·in/out). */
  | { readonly mode: 'nearest'; readonly alignCorners?: false }
  /** Between the four around it; positions are pixel centres, or (`alignCorners`) span corner to corner. */
  | { readonly mode: 'bilinear'; readonly alignCorners?: boolean }

const modes: Readonly<Record<Interpolation['mode'], true>> = { nearest: true, bilinear: true }
const interpolationOptions: OptionNames<Interpolation> = { mode: true, alignCorners: true }

/**
 * A feature at another stride. To a number: by the ratio of the strides. To a feature: to that feature's
 * exact size, as networks for any input size must.
 */
export function resize<C extends number, T extends Stride>(
  x: Feature<C>,
  to: T | Feature<number, T>,
  interpolation: Interpolation,
): Feature<C, T> {
  const trace = expectFeature(x, 'resize')
  const like = typeof to === 'object' ? to : undefined
  if (like) expectFeature(like, 'resize')
  else expectStride(to, 'a resize to')
  expectInterpolation(interpolation)
  const stride = like ? like.stride : (to as T)
  const { mode, alignCorners = false } = interpolation
  const value = make(
    'resize',
    { input: x.value, like: like?.value },
    { mode, alignCorners, ...ratio(x, stride, like) },
    functionOrigin('resize'),
  )
  return new Feature(value, x.channels, stride, trace)
}

/** By how much a resize to a stride refines, which strides alone tell where a size follows the input's. */
function ratio(x: Feature, stride: Stride, like?: Feature): { times: number; over: number } {
  const common = Math.min(x.stride, stride)
  if (common > 0) return { times: x.stride / common, over: stride / common }
  if (!like)
    fail(
      'resize-stride',
      `a resize of ${describe(x)} to stride ${stride}`,
      'Resize it to a feature of that stride: resize(x, fine, …).',
    )
  return { times: 1, over: 1 }
}

/** A vector at every position of a feature: how what was pooled over a whole map comes back to maps. */
export function spread<C extends number, S extends Stride>(
  x: Vector<C>,
  over: Feature<number, S>,
): Feature<C, S> {
  const trace = expectVector(x, 'spread')
  expectFeature(over, 'spread')
  const origin = functionOrigin('spread')
  const input = make('reshape', { input: x.value }, { sides: ['same', x.channels, 1, 1] }, origin)
  const value = make(
    'resize',
    { input, like: over.value },
    { mode: 'nearest', alignCorners: false, times: 1, over: 1 },
    origin,
  )
  return new Feature(value, x.channels, over.stride, trace)
}

export function expectInterpolation(interpolation: Interpolation): void {
  expectOptions(interpolation, interpolationOptions, 'a resize')
  const { mode, alignCorners = false } = interpolation
  expectOneOf('interpolation', mode, modes, 'a resize by')
  expectFlag(alignCorners, 'alignCorners of a resize')
  if (alignCorners && mode === 'nearest')
    fail(
      'align-corners',
      'corners aligned in a nearest resize',
      'Align corners in a bilinear resize only.',
    )
}
