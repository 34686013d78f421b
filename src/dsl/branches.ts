import { basic, bottleneck, convBn, convBnRelu, repeat, type UnitOf } from './blocks.js'
import { describe, expectFeature, expectWhole, expectWidth } from './expect.js'
import type { Branches, Consecutive, Feature, FinestStride, Pyramid } from './feature.js'
import { add, concat, type Interpolation, relu, resize } from './layers.js'
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

/** One line of a fusion: which branch feeds which, by what path. Branches count from 0, finest first. */
export interface Connection<Index extends number = number> {
  readonly from: Index
  readonly to: Index
  readonly path: Path
}

/** A fusion as data, for however many branches there are. */
export type Fusion = (branches: number) => readonly Connection[]

/** The indices of a tuple of branches; `number` where the count is not known to types. */
export type IndexOf<B extends readonly Feature[]> = number extends B['length']
  ? number
  : Exclude<Partial<B>['length'], B['length']> & number

/** As it is. */
export const same: Path = (x) => x

export interface UpPath {
  readonly interpolation: Interpolation
  /**
   * To the exact size of the branch it leads to (any input size), rather than by the ratio of the strides
   * (sizes that every stride divides). Bilinear fusion always is; nearest where asked.
   */
  readonly toSize?: boolean
}

/** From a coarser branch: 1×1 convolution to the target's width, batch norm, upsample. */
export function up({ interpolation, toSize }: UpPath): Path {
  const exact = toSize ?? interpolation.mode === 'bilinear'
  return (from, target) => {
    if (from.stride < target.stride)
      fail(
        'path-direction',
        `a path up from stride ${from.stride} to ${target.stride}`,
        'Use a path down from a finer branch.',
      )
    return resize(
      convBn(from, target.channels, { kernel: 1 }),
      exact ? target.branch : target.stride,
      interpolation,
    )
  }
}

/** From a finer branch: as many 3×3 convolutions of stride 2 as there are levels; the last has no ReLU. */
export const down: Path = (from, target) => {
  const steps = Math.log2(target.stride / from.stride)
  if (steps < 1)
    fail(
      'path-direction',
      `a path down from stride ${from.stride} to ${target.stride}`,
      'Use a path up from a coarser branch.',
    )
  let x = from
  for (let k = 0; k < steps - 1; k++)
    x = scope(k, () => convBnRelu(x, from.channels, { kernel: 3, stride: 2 }))
  return scope(steps - 1, () => convBn(x, target.channels, { kernel: 3, stride: 2 }))
}

/** HRNet's fusion (section 3.3): every branch feeds every branch, in order. */
export function everyToEvery(options: UpPath): Fusion {
  const upwards = up(options)
  return (branches) =>
    Array.from({ length: branches ** 2 }, (_, n) => {
      const [to, from] = [Math.floor(n / branches), n % branches]
      return { from, to, path: from === to ? same : from > to ? upwards : down }
    })
}

export interface FuseOptions<O extends 'all' | 'finest'> {
  /** Whether all branches come out, or the finest only (all). */
  readonly outputs?: O | undefined
}

/**
 * Fuses branches: each output is the ReLU of the sum of what is fed to it, in the order of the connections.
 * Paths are named `fuse_layers.{to}.{from}`.
 */
export function fuse<const B extends Branches, O extends 'all' | 'finest' = 'all'>(
  branches: B,
  connections: readonly Connection<NoInfer<IndexOf<B>>>[],
  options: FuseOptions<O> = {},
): O extends 'finest' ? readonly [B[0]] : B {
  expectBranches(branches)
  const given = new Set<string>()
  for (const { from, to } of connections as readonly Connection[]) {
    for (const index of [from, to])
      if (!(index in branches))
        fail(
          'missing-branch',
          `a connection from branch ${from} to ${to}, of ${branches.length} branches`,
          `Branches count from 0 to ${branches.length - 1}.`,
        )
    if (given.has(`${from}-${to}`))
      fail(
        'connection-twice',
        `branch ${from} feeds branch ${to} twice`,
        'Give each pair one path.',
      )
    given.add(`${from}-${to}`)
  }
  const wanted = options.outputs === 'finest' ? branches.slice(0, 1) : branches
  return wanted.map((branch, to) => {
    const target: Target = { channels: branch.channels, stride: branch.stride, branch }
    const [first, ...rest] = (connections as readonly Connection[])
      .filter((connection) => connection.to === to)
      .map(({ from, path }) =>
        scope('fuse_layers', () =>
          scope(to, () =>
            scope(from, () => followed(path, from, to, branches[from] as Feature, target)),
          ),
        ),
      )
    if (!first)
      return fail(
        'unfed',
        `nothing feeds branch ${to} of ${branches.length}`,
        'Give it at least the path `same` from itself.',
      )
    return scope('fuse_layers', () =>
      scope(to, () => relu(rest.length > 0 ? add(first, ...rest) : first, { name: 'relu' })),
    )
  }) as unknown as O extends 'finest' ? readonly [B[0]] : B
}

function followed(path: Path, from: number, to: number, branch: Feature, target: Target): Feature {
  const y = path(branch, target)
  expectFeature(y, `the path from branch ${from} to ${to}`)
  const made = `the path from branch ${from} to ${to} makes ${describe(y)}`
  if (y.stride !== target.stride)
    fail('path-stride', made, `Branch ${to} has stride ${target.stride}.`)
  if (y.channels !== target.channels)
    fail('path-width', made, `Branch ${to} has ${target.channels} channels.`)
  return y
}

/** What a branch is built of: the same for all, or one entry for each. */
export interface BranchOptions {
  readonly unit: UnitOf | readonly UnitOf[]
  /** Units on each branch. */
  readonly units: number | readonly number[]
}

export interface BlockOptions<O extends 'all' | 'finest'> extends BranchOptions, FuseOptions<O> {
  readonly fusion: Fusion
}

/** A multi-resolution block (fig. 3): units on each branch, then a fusion. Units are `branches.{i}.{n}`. */
export function multiResolutionBlock<const B extends Branches, O extends 'all' | 'finest' = 'all'>(
  branches: B,
  options: BlockOptions<O>,
): O extends 'finest' ? readonly [B[0]] : B {
  expectBranches(branches)
  const units = perBranch(options.unit, branches.length, 'units')
  const counts = perBranch(options.units, branches.length, 'counts of units')
  const deep = branches.map((x, i) =>
    scope('branches', () =>
      scope(i, () => repeat(counts[i] as number, (units[i] as UnitOf)(x.channels), x)),
    ),
  ) as unknown as B
  const connections = options.fusion(branches.length) as readonly Connection<IndexOf<B>>[]
  return fuse<B, O>(deep, connections, options)
}

/**
 * Branches of the given widths from those there are (section 3.1): where the width changes, a 3×3 convolution;
 * new branches come from the coarsest by 3×3 convolutions of stride 2. Same width: as it is.
 */
export function transition<const B extends Branches, const W extends readonly number[]>(
  branches: B & Consecutive<B>,
  widths: W,
): Pyramid<W, FinestStride<B>> {
  expectConsecutive(branches)
  for (const [i, width] of widths.entries()) expectWidth(width, `branch ${i}`)
  if (widths.length < branches.length)
    fail(
      'fewer-widths',
      `a transition from ${branches.length} branches to ${widths.length} widths`,
      'Give at least one width for each branch; leave branches away by taking fewer of them.',
    )
  const all = branches as readonly Feature[]
  const coarsest = all.at(-1) as Feature
  return widths.map((width, i) =>
    scope(i, () => {
      const x = all[i]
      if (x) return x.channels === width ? x : convBnRelu(x, width, { kernel: 3 })
      let y = coarsest
      for (let k = 0; k <= i - all.length; k++) {
        const last = k === i - all.length
        y = scope(k, () =>
          convBnRelu(y, last ? width : coarsest.channels, { kernel: 3, stride: 2 }),
        )
      }
      return y
    }),
  ) as unknown as Pyramid<W, FinestStride<B>>
}

export interface StageOptions<W extends readonly number[], O extends 'all' | 'finest'>
  extends BlockOptions<O> {
  /** One width for each branch, finest first. */
  readonly widths: W
  /** Multi-resolution blocks one after another. */
  readonly modules: number
}

/**
 * Stage `number` (section 3.1): a transition to its branches, then its multi-resolution blocks. Parameters:
 * `transition{number − 1}.…`, `stage{number}.{module}.…`. `outputs: 'finest'` holds for the last module.
 */
export function stage<
  const B extends Branches,
  const W extends readonly number[],
  O extends 'all' | 'finest' = 'all',
>(
  number: number,
  branches: B & Consecutive<B>,
  options: StageOptions<W, O>,
): O extends 'finest' ? readonly [Pyramid<W, FinestStride<B>>[0]] : Pyramid<W, FinestStride<B>> {
  const { widths, modules, outputs, ...block } = options
  expectWhole(
    'modules',
    modules,
    `the number of modules of stage ${number}`,
    'A stage has at least one module.',
  )
  let y = scope(`transition${number - 1}`, () =>
    transition<B, W>(branches, widths),
  ) as unknown as Branches
  for (let m = 0; m < modules; m++) {
    const last = m === modules - 1
    y = scope(`stage${number}`, () =>
      scope(m, () =>
        multiResolutionBlock(y, {
          ...block,
          outputs: last && outputs === 'finest' ? 'finest' : 'all',
        }),
      ),
    )
  }
  return y as never
}

/** All branches at the size of the finest, concatenated: HRNetV2's representation (fig. 4 b). */
export function upsampleConcat<const B extends Branches>(
  branches: B & Consecutive<B>,
  interpolation: Interpolation = { mode: 'bilinear' },
): Feature<number, FinestStride<B>> {
  expectConsecutive(branches)
  const [finest, ...coarser] = branches as Branches
  return concat(finest, ...coarser.map((x) => resize(x, finest, interpolation))) as Feature<
    number,
    FinestStride<B>
  >
}

function expectBranches(branches: readonly Feature[]): void {
  if (!Array.isArray(branches) || branches.length === 0)
    fail('empty-pyramid', 'a pyramid of 0 branches', 'Give it at least 1 branch.')
  for (const [i, x] of branches.entries()) expectFeature(x, `branch ${i}`)
}

function expectConsecutive(branches: readonly Feature[]): void {
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

function perBranch<T>(given: T | readonly T[], branches: number, what: string): readonly T[] {
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
export const fourBasic: BranchOptions = { unit: basic, units: 4 }
/** Those of the bottleneck nets of Table 14. */
export const fourBottleneck: BranchOptions = { unit: bottleneck, units: 4 }
