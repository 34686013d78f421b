import { describe, expectFeature } from './expect.js'
import { Feature } from './feature.js'
import { fail } from './scope.js'
import type { Stride } from './stride.js'

/**
 * The same feature, its width stated: after a concat or in a generic network, types have lost it.
 * @throws {NetworkError} `width-stated` where it is another.
 */
export function stateWidth<
  C extends number,
  S extends Stride,
  const D extends number extends C ? number : C,
>(x: Feature<C, S>, channels: D): Feature<D, S> {
  const trace = expectFeature(x, 'stateWidth')
  if ((x.channels as number) !== channels)
    fail(
      'width-stated',
      `a width of ${channels} is stated of ${describe(x)}`,
      `State ${x.channels}, or see where it comes from.`,
    )
  return new Feature(x.value, channels, x.stride, trace)
}

/**
 * The same feature, its stride stated: of branches whose number types do not know, they have lost it.
 * @throws {NetworkError} `stride-stated` where it is another.
 */
export function stateStride<C extends number, S extends Stride, const T extends S>(
  x: Feature<C, S>,
  stride: T,
): Feature<C, T> {
  const trace = expectFeature(x, 'stateStride')
  if (x.stride !== stride)
    fail(
      'stride-stated',
      `a stride of ${stride} is stated of ${describe(x)}`,
      `State ${x.stride}, or see where it comes from.`,
    )
  return new Feature(x.value, x.channels, stride, trace)
}
