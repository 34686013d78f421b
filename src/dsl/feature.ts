import type { Value } from '../compiler/node.js'
import type { Trace } from './scope.js'
import type { Coarser, Stride } from './stride.js'

/**
 * A map of `channels` channels at one position in every `stride` × `stride` input pixels:
 * [batch, channels, ceil(height / stride), ceil(width / stride)].
 */
export class Feature<out C extends number = number, out S extends Stride = Stride> {
  readonly kind = 'feature'
  readonly channels: C
  readonly stride: S
  /** @internal */
  readonly value: Value
  /** @internal */
  readonly trace: Trace

  /** @internal */
  constructor(value: Value, channels: C, stride: S, trace: Trace) {
    this.value = value
    this.channels = channels
    this.stride = stride
    this.trace = trace
  }
}

/** One number for each channel, [batch, channels]: a pooled feature, or class scores. */
export class Vector<out C extends number = number> {
  readonly kind = 'vector'
  readonly channels: C
  /** @internal */
  readonly value: Value
  /** @internal */
  readonly trace: Trace

  /** @internal */
  constructor(value: Value, channels: C, trace: Trace) {
    this.value = value
    this.channels = channels
    this.trace = trace
  }
}

/** Any other tensor: a free parameter, or what a foreign operator makes. Its shape is the user's affair. */
export class Tensor {
  readonly kind = 'tensor'
  /** @internal */
  readonly value: Value
  /** @internal */
  readonly trace: Trace

  /** @internal */
  constructor(value: Value, trace: Trace) {
    this.value = value
    this.trace = trace
  }
}

/** What layers pass on. */
export type Tensorial = Feature | Vector | Tensor

/**
 * Branches side by side, each at twice the stride of the one before: `Pyramid<[48, 96, 192], 4>` is
 * `[Feature<48, 4>, Feature<96, 8>, Feature<192, 16>]`. Of a plain `number[]`, a list of features.
 */
export type Pyramid<W extends readonly number[], S extends Stride> = number extends W['length']
  ? readonly Feature[]
  : W extends readonly [infer C extends number, ...infer Rest extends readonly number[]]
    ? readonly [Feature<C, S>, ...Pyramid<Rest, Coarser<S, 2>>]
    : readonly []

/** At least one feature. */
export type Branches = readonly [Feature, ...Feature[]]

/** The stride of the finest branch. */
export type FinestStride<B extends readonly Feature[]> = B extends readonly [
  Feature<number, infer S>,
  ...Feature[],
]
  ? S
  : Stride

/** B, if each branch has twice the stride of the one before; else a type that names the stride expected. */
export type Consecutive<B extends readonly Feature[]> = B extends readonly [
  Feature<infer C, infer S>,
  Feature<infer D, infer T>,
  ...infer Rest extends readonly Feature[],
]
  ? [Coarser<S, 2>] extends [T]
    ? readonly [Feature<C, S>, ...Consecutive<readonly [Feature<D, T>, ...Rest]>]
    : readonly [Feature<C, S>, Feature<D, Coarser<S, 2>>, ...Feature[]]
  : B
