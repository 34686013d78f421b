import type { Value } from '../compiler/node.js'
import type { Trace } from './scope.js'
import type { Coarser, LevelsFrom, Stride } from './stride.js'

/**
 * A map of `channels` channels at one position in every `stride` × `stride` input pixels:
 * [batch, channels, height / stride, width / stride]. Where a side of the input is no multiple of the stride,
 * each layer rounds as it does in PyTorch: a convolution up, a window as wide as its step down.
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

/**
 * So many numbers for each of a list of places, [batch, tokens, channels]: the positions of a map in rows, or those of
 * one of its windows, of which each then counts as an image of the batch.
 */
export class Tokens<out C extends number = number> {
  readonly kind = 'tokens'
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

/**
 * Boxes in a picture, [count, 4], or one for each class of each, [count, classes, 4]: left, top, right and bottom in
 * pixels, from edge to edge, so that right − left is the width.
 */
export class Boxes {
  readonly kind = 'boxes'
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
export type Tensorial = Feature | Vector | Tokens | Tensor | Boxes

/** What stands for `value` as `x` does for its own. */
export function like<F extends Tensorial>(x: F, value: Value): F {
  if (x instanceof Feature) return new Feature(value, x.channels, x.stride, x.trace) as unknown as F
  if (x instanceof Vector) return new Vector(value, x.channels, x.trace) as unknown as F
  if (x instanceof Tokens) return new Tokens(value, x.channels, x.trace) as unknown as F
  return (x instanceof Boxes ? new Boxes(value, x.trace) : new Tensor(value, x.trace)) as F
}

/** What no literal width may be, as it is written out. */
type NoWidth = '0' | `-${string}` | `${string}.${string}` | `${string}e${string}`
/** Stands in messages of the type checker where a width is no whole number from 1. */
export interface WholeFromOne {
  readonly 'a width is a whole number from 1': true
}
/**
 * Refuses literal widths such as 0, -3 and 1.5, and nothing else: `number` and type parameters pass.
 * To be intersected: `channels: D & Width<D>`.
 */
export type Width<D extends number> = `${D}` extends NoWidth ? WholeFromOne : unknown
/** The same for each of several widths. */
export type Widths<W extends readonly number[]> = {
  readonly [I in keyof W]: W[I] & Width<W[I] & number>
}

/**
 * Branches side by side, each at twice the stride of the one before: `Pyramid<[48, 96, 192], 4>` is
 * `[Feature<48, 4>, Feature<96, 8>, Feature<192, 16>]`. Of a plain `number[]`, a list of features.
 */
export type Pyramid<W extends readonly number[], S extends Stride> = number extends W['length']
  ? readonly Feature[]
  : W extends readonly [infer C extends number, ...infer Rest extends readonly number[]]
    ? readonly [Feature<C, S>, ...Pyramid<Rest, Coarser<S, 2>>]
    : readonly []

/** At least one feature; `readonly Feature[]` where types do not know how many. */
export type Branches = readonly Feature[]
type AtLeastOneBranch = readonly [Feature, ...Feature[]]

/** Refuses an empty tuple of branches. To be intersected. */
export type NonEmpty<B extends Branches> = B extends readonly [] ? AtLeastOneBranch : unknown

/** The first branch. */
export type Finest<B extends Branches> = B extends readonly [infer F extends Feature, ...Feature[]]
  ? F
  : Feature

/** The stride of the finest branch. */
export type FinestStride<B extends Branches> = Finest<B>['stride']

/**
 * Refuses branches whose strides surely do not double, by a type that names the stride expected.
 * To be intersected.
 */
export type Consecutive<B extends Branches> = B extends readonly [
  Feature<infer C, infer S>,
  Feature<infer D, infer T>,
  ...infer Rest extends Branches,
]
  ? [T & Coarser<S, 2>] extends [never]
    ? readonly [Feature<C, S>, Feature<D, Coarser<S, 2>>, ...Feature[]]
    : readonly [Feature<C, S>, ...Consecutive<readonly [Feature<D, T>, ...Rest]>]
  : B extends readonly []
    ? AtLeastOneBranch
    : B

/** One of each for each entry of W. */
type Each<W extends readonly unknown[], T> = { readonly [I in keyof W]: T }

/** Stands in messages where branches go past the coarsest stride: how many there may be. */
export interface BranchesLeft<Count> {
  readonly 'so many branches fit above the coarsest stride': Count
}
/** Stands in messages where a list with one entry for each branch has another length. */
export interface OneForEach<Count> {
  readonly 'one for each branch': Count
}

/**
 * Widths for branches that continue B: at least one for each of them, no level past the last, each a whole
 * number from 1. To be intersected.
 */
export type WidthsFor<W extends readonly number[], B extends Branches> = number extends W['length']
  ? unknown
  : number extends B['length']
    ? Widths<W>
    : W extends readonly [...Each<B, number>, ...number[]]
      ? W['length'] extends LevelsFrom<FinestStride<B>>
        ? Widths<W>
        : BranchesLeft<LevelsFrom<FinestStride<B>>>
      : readonly [...Each<B, number>, ...number[]]

/** Refuses a list whose length surely is not that of W. To be intersected. */
export type AsManyAs<W extends readonly unknown[], U> = U extends readonly unknown[]
  ? number extends U['length'] | W['length']
    ? unknown
    : U['length'] extends W['length']
      ? unknown
      : OneForEach<W['length']>
  : unknown
