import { basic, bottleneck, type Convolving, convBn, repeat, type UnitOf } from './blocks.js'
import { concat } from './combine.js'
import {
  describe,
  expectFunction,
  expectList,
  expectOptions,
  expectWhole,
  expectWidth,
  type OptionNames,
  print,
} from './expect.js'
import type {
  AsManyAs,
  Branches,
  Consecutive,
  Feature,
  FinestStride,
  NonEmpty,
  Pyramid,
  WidthsFor,
} from './feature.js'
import {
  expectBranches,
  type Fused,
  type FusedOutputs,
  type FuseOptions,
  type Fusion,
  fuse,
  fuseOptions,
} from './fusion.js'
import { relu } from './pointwise.js'
import { type Interpolation, resize } from './resize.js'
import { fail, scope } from './scope.js'

/** The same for all branches, or a list with one for each. */
export type OneOrEach<T> = T | readonly T[]

/** What branches are built of. */
export interface BranchOptions<
  U extends OneOrEach<UnitOf> = OneOrEach<UnitOf>,
  N extends OneOrEach<number> = OneOrEach<number>,
> {
  readonly unit: U
  /** Units on each branch. */
  readonly units: N
}

export interface BlockOptions<
  O extends FusedOutputs,
  U extends OneOrEach<UnitOf> = OneOrEach<UnitOf>,
  N extends OneOrEach<number> = OneOrEach<number>,
> extends BranchOptions<U, N>,
    FuseOptions<O> {
  readonly fusion: Fusion
}

const blockOptions: OptionNames<BlockOptions<FusedOutputs>> = {
  unit: true,
  units: true,
  fusion: true,
  ...fuseOptions,
}

/** A multi-resolution block (fig. 3): units on each branch, then a fusion. Units are `branches.{i}.{n}`. */
export function multiResolutionBlock<
  const B extends Branches,
  O extends FusedOutputs = 'all',
  const U extends OneOrEach<UnitOf> = UnitOf,
  const N extends OneOrEach<number> = number,
>(
  branches: B & NonEmpty<B>,
  options: BlockOptions<O, U & AsManyAs<B, U>, N & AsManyAs<B, N>>,
): Fused<B, O> {
  const all: readonly Feature[] = branches
  expectBranches(all)
  expectOptions(options, blockOptions, 'a multi-resolution block')
  const { unit, units, fusion, ...fuseOptions } = options
  const makers = perBranch<UnitOf>(unit, all.length, 'units')
  const counts = perBranch<number>(units, all.length, 'numbers of units')
  const deep = all.map((x, i) =>
    scope(`branches.${i}`, () => repeat(counts[i] as number, made(makers[i], x.channels), x)),
  )
  if (typeof fusion !== 'function')
    fail(
      'not-a-fusion',
      `the fusion of ${all.length} branches is ${print(fusion)}`,
      'Take everyToEvery(…), or a function from the number of branches to connections.',
    )
  return fuse(deep, fusion, fuseOptions) as readonly Feature[] as Fused<B, O>
}

function made(unit: UnitOf | undefined, channels: number): ReturnType<UnitOf> {
  if (typeof unit !== 'function')
    fail(
      'not-a-unit',
      `a branch of ${channels} channels is built of ${describe(unit)}`,
      'Take basic, bottleneck, or a function from a width to a unit.',
    )
  if ('channels' in unit)
    fail(
      'not-a-unit',
      `a branch of ${channels} channels is built of a unit of ${unit.channels}, not of what makes one`,
      'Hand over the function: basic, not basic(18).',
    )
  return unit(channels)
}

export interface TransitionOptions {
  /** What the convolutions are (whole ones, `convBn`); each gets a ReLU. */
  readonly layer?: Convolving
}

const transitionOptions: OptionNames<TransitionOptions> = { layer: true }

/**
 * Branches of the given widths from those there are (section 3.1): where the width changes, a 3×3 convolution;
 * new branches come from the coarsest by 3×3 convolutions of stride 2. Same width: as it is.
 */
export function transition<const B extends Branches, const W extends readonly number[]>(
  branches: B & Consecutive<B>,
  widths: W & WidthsFor<W, B>,
  options: TransitionOptions = {},
): Pyramid<W, FinestStride<B>> {
  const all: readonly Feature[] = branches
  expectConsecutive(all)
  expectOptions(options, transitionOptions, 'a transition')
  const { layer = convBn } = options
  expectFunction(layer, 'the layer of a transition')
  expectList(widths, 'the widths of a transition')
  for (const [i, width] of widths.entries()) expectWidth(width, `branch ${i}`)
  if (widths.length < all.length)
    fail(
      'fewer-widths',
      `a transition from ${all.length} branches to ${widths.length} widths`,
      'Give at least one width for each branch; leave branches away by taking fewer of them.',
    )
  const coarsest = all.at(-1) as Feature
  return widths.map((width: number, i) =>
    scope(i, () => {
      const x = all[i]
      if (x) return x.channels === width ? x : relu(layer(x, width, { kernel: 3 }))
      let y = coarsest
      for (let k = 0; k <= i - all.length; k++) {
        const last = k === i - all.length
        y = scope(k, () =>
          relu(layer(y, last ? width : coarsest.channels, { kernel: 3, stride: 2 })),
        )
      }
      return y
    }),
  ) as readonly Feature[] as Pyramid<W, FinestStride<B>>
}

export interface StageOptions<
  W extends readonly number[],
  O extends FusedOutputs,
  U extends OneOrEach<UnitOf> = OneOrEach<UnitOf>,
  N extends OneOrEach<number> = OneOrEach<number>,
> extends BlockOptions<O, U, N> {
  /** One width for each branch, finest first. */
  readonly widths: W
  /** Multi-resolution blocks one after another. */
  readonly modules: number
}

const stageOptions: OptionNames<StageOptions<readonly number[], FusedOutputs>> = {
  widths: true,
  modules: true,
  ...blockOptions,
}

/**
 * Stage `number` (section 3.1): a transition to its branches, then its multi-resolution blocks. Parameters:
 * `transition{number − 1}.…`, `stage{number}.{module}.…`. `outputs: 'finest'` holds for the last module.
 */
export function stage<
  const B extends Branches,
  const W extends readonly number[],
  O extends FusedOutputs = 'all',
  const U extends OneOrEach<UnitOf> = UnitOf,
  const N extends OneOrEach<number> = number,
>(
  number: number,
  branches: B & Consecutive<B>,
  options: StageOptions<W & WidthsFor<W, B>, O, U & AsManyAs<W, U>, N & AsManyAs<W, N>>,
): Fused<Pyramid<W, FinestStride<B>>, O> {
  expectOptions(options, stageOptions, `stage ${number}`)
  const { widths, modules, outputs, ...block } = options
  expectWhole('stage-number', number, 'the number of a stage', 'Stages count from 1.')
  expectWhole(
    'modules',
    modules,
    `the number of modules of stage ${number}`,
    'A stage has at least one module.',
  )
  let y = scope(`transition${number - 1}`, () =>
    transition(branches as Branches, widths as readonly number[]),
  )
  for (let m = 0; m < modules; m++) {
    const last = m === modules - 1
    y = scope(`stage${number}.${m}`, () =>
      multiResolutionBlock<Branches, FusedOutputs, OneOrEach<UnitOf>, OneOrEach<number>>(y, {
        ...block,
        outputs: last ? outputs : 'all',
      }),
    )
  }
  return y as Fused<Pyramid<W, FinestStride<B>>, O>
}

/** All branches at the size of the finest, concatenated: HRNetV2's representation (fig. 4 b). */
export function upsampleConcat<const B extends Branches>(
  branches: B & Consecutive<B>,
  interpolation: Interpolation = { mode: 'bilinear' },
): Feature<number, FinestStride<B>> {
  const all: readonly Feature[] = branches
  expectConsecutive(all)
  const [finest, ...coarser] = all as readonly [Feature, ...Feature[]]
  return concat(finest, ...coarser.map((x) => resize(x, finest, interpolation))) as Feature<
    number,
    FinestStride<B>
  >
}

/** Refuses branches whose strides do not double. */
export function expectConsecutive(branches: unknown): asserts branches is readonly Feature[] {
  expectBranches(branches)
  branches.reduce((finer, x, i) => {
    if (x.stride !== finer.stride * 2)
      fail(
        'consecutive',
        `branch ${i} has stride ${x.stride} after stride ${finer.stride}`,
        `Give branches finest first, each at twice the stride of the one before: ${finer.stride * 2} here.`,
      )
    return x
  })
}

function perBranch<T>(given: OneOrEach<T>, branches: number, what: string): readonly T[] {
  if (!Array.isArray(given)) return Array.from({ length: branches }, () => given as T)
  if (given.length !== branches)
    fail(
      'per-branch',
      `${given.length} ${what} for ${branches} branches`,
      'Give one for all, or one for each branch.',
    )
  return given
}

/** HRNet's branches: four basic units each. */
export const fourBasic: BranchOptions<UnitOf, number> = { unit: basic, units: 4 }
/** Those of the bottleneck nets of Table 14. */
export const fourBottleneck: BranchOptions<UnitOf, number> = { unit: bottleneck, units: 4 }
