import { equalShapes, floorDivide, printShape } from '../compiler/dimension.js'
import { anySize } from '../compiler/specialise.js'
import { describe, expectFeature, expectStride, expectTensor, expectWidth } from './expect.js'
import { Feature, type Tensor, type Width } from './feature.js'
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

/**
 * A tensor that is a map of the network, as a feature: what foreign operators bring back from shapes of their own.
 * @throws {NetworkError} `feature-stated` where its shape or its elements are others.
 */
export function stateFeature<C extends number, S extends Stride>(
  x: Tensor,
  channels: C & Width<C>,
  stride: S,
): Feature<C, S> {
  const trace = expectTensor(x, 'stateFeature')
  expectWidth(channels, 'a feature')
  expectStride(stride, 'a feature at')
  const { element, shape } = x.value.type
  const [batch, height, width] = anySize
  const wanted = [batch, channels, floorDivide(height, 0, stride), floorDivide(width, 0, stride)]
  if (element !== 'float32' || !equalShapes(shape, wanted))
    fail(
      'feature-stated',
      `a feature of ${channels} channels at stride ${stride} is stated of a tensor of ${element} ${printShape(shape)}`,
      `It would be float32 ${printShape(wanted)}; sides that follow the input are declared by operand and axis.`,
    )
  return new Feature(x.value, channels, stride, trace)
}
