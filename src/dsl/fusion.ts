import { add } from './combine.js'
import {
  describe,
  expectFeature,
  expectFunction,
  expectOptions,
  type OptionNames,
  print,
} from './expect.js'
import type { Branches, Feature, Finest, NonEmpty } from './feature.js'
import { down, type Path, same, type Target, type UpPath, up } from './path.js'
import { relu } from './pointwise.js'
import { fail, scope } from './scope.js'

/** One line of a fusion: which branch feeds which, by what path. Branches count from 0, finest first. */
export interface Connection<Index extends number = number> {
  readonly from: Index
  readonly to: Index
  readonly path: Path
  /**
   * Whether it starts from what this fusion makes of branch `from`, as down a column of a grid, rather than
   * from the branch as it came in (false).
   */
  readonly fused?: boolean
  /** What its parameters are called after (`fuse_layers.{to}.{from}`). */
  readonly name?: string
}

const connectionOptions: OptionNames<Connection> = {
  from: true,
  to: true,
  path: true,
  fused: true,
  name: true,
}

/** A fusion as data, for however many branches there are. */
export type Fusion = (branches: number) => readonly Connection[]

/** The indices of a tuple of branches; `number` where the count is not known to types. */
export type IndexOf<B extends Branches> = number extends B['length']
  ? number
  : Exclude<Partial<B>['length'], B['length']> & number

/** Refuses literal indices of branches that B does not have; a plain `number` passes. To be intersected. */
type IndicesFor<I extends number, B extends Branches> = number extends I ? unknown : IndexOf<B>

/** How the branches of HRNet's fusion feed one another. */
export interface EveryToEvery extends UpPath {
  /** The way to a coarser branch (`down`). */
  readonly down?: Path
}

const everyToEveryOptions: OptionNames<EveryToEvery> = {
  interpolation: true,
  toSize: true,
  down: true,
}

/** HRNet's fusion (section 3.3): every branch feeds every branch, in order. */
export function everyToEvery(options: EveryToEvery): Fusion {
  if (typeof options === 'number')
    fail(
      'not-a-fusion',
      `everyToEvery gets ${options} branches, not its options`,
      'Call it where you hand it over: everyToEvery({ interpolation: { mode: "bilinear" } }).',
    )
  expectOptions(options, everyToEveryOptions, 'everyToEvery')
  const { down: downwards = down, ...upOptions } = options
  expectFunction(downwards, 'the path down of a fusion')
  const upwards = up(upOptions)
  return (branches) =>
    Array.from({ length: branches ** 2 }, (_, n) => {
      const [to, from] = [Math.floor(n / branches), n % branches]
      return { from, to, path: from === to ? same : from > to ? upwards : downwards }
    })
}

/** Which branches a fusion puts out. */
export type FusedOutputs = 'all' | 'finest'

export interface FuseOptions<O extends FusedOutputs> {
  /** Whether all branches come out, or the finest only (all). */
  readonly outputs?: O | undefined
  /** What is applied to each sum (ReLU). */
  readonly activation?: (x: Feature) => Feature
}

export const fuseOptions: OptionNames<FuseOptions<FusedOutputs>> = {
  outputs: true,
  activation: true,
}

/** What a fusion of branches B puts out. */
export type Fused<B extends Branches, O extends FusedOutputs> = O extends 'finest'
  ? readonly [Finest<B>]
  : B

/**
 * Fuses branches, of any strides: each output is the ReLU of the sum of what is fed to it, in the order of the
 * connections. Paths read the branches as they came in, those of `fused` connections what has been made of them.
 * @throws {NetworkError} where a connection leads nowhere, or its path makes another width or stride.
 */
export function fuse<
  const B extends Branches,
  O extends FusedOutputs = 'all',
  const I extends number = number,
>(
  branches: B & NonEmpty<B>,
  fusion: readonly Connection<I & IndicesFor<I, NoInfer<B>>>[] | Fusion,
  options: FuseOptions<O> = {},
): Fused<B, O> {
  const all: readonly Feature[] = branches
  expectBranches(all)
  expectOptions(options, fuseOptions, 'a fusion')
  const connections: readonly Connection[] =
    typeof fusion === 'function' ? fusion(all.length) : fusion
  expectConnections(connections, all.length)
  const { outputs = 'all', activation = (x: Feature) => relu(x, { name: 'relu' }) } = options
  expectFunction(activation, 'the activation of a fusion')
  if (outputs !== 'all' && outputs !== 'finest')
    fail('outputs', `a fusion puts out ${print(outputs)}`, 'Take “all” or “finest”.')
  const wanted = outputs === 'finest' ? all.slice(0, 1) : all
  const made = new Map<number, Feature>()
  const waiting: number[] = []
  const output = (to: number): Feature => {
    const known = made.get(to)
    if (known) return known
    if (waiting.includes(to)) failCircle([...waiting.slice(waiting.indexOf(to)), to])
    waiting.push(to)
    const branch = all[to] as Feature
    const target: Target = { channels: branch.channels, stride: branch.stride, branch }
    const [first, ...rest] = connections
      .filter((connection) => connection.to === to)
      .map(({ from, path, fused, name = `fuse_layers.${to}.${from}` }) => {
        const start = fused ? output(from) : (all[from] as Feature)
        return scope(name, () => followed(path, from, to, start, target))
      })
    waiting.pop()
    if (!first)
      return fail(
        'unfed',
        `nothing feeds branch ${to} of ${all.length}`,
        'Give it at least the path `same` from itself.',
      )
    const sum = scope(`fuse_layers.${to}`, () =>
      activated(activation, rest.length > 0 ? add(first, ...rest) : first, to),
    )
    made.set(to, sum)
    return sum
  }
  return wanted.map((_, to) => output(to)) as unknown as Fused<B, O>
}

/** Branches each of which waits for the next, the last being the first. */
function failCircle(waiting: readonly number[]): never {
  return fail(
    'fusion-circle',
    `branch ${waiting[0]} is fused from itself: ${[...waiting].reverse().join(' → ')}`,
    'Let one of these connections start from the branch as it came in, without `fused`.',
  )
}

function expectConnections(connections: readonly Connection[], branches: number): void {
  if (!Array.isArray(connections))
    fail(
      'not-a-fusion',
      `a fusion of ${branches} branches by ${print(connections)}`,
      'A fusion is a list of connections, or a function that makes it from the number of branches.',
    )
  const given = new Set<string>()
  for (const connection of connections) {
    expectOptions(connection, connectionOptions, 'a connection')
    const { from, to, path } = connection
    for (const index of [from, to])
      if (!(Number.isInteger(index) && index >= 0 && index < branches))
        fail(
          'missing-branch',
          `a connection from branch ${from} to ${to}, of ${branches} branches`,
          `Branches count from 0 to ${branches - 1}.`,
        )
    if (typeof path !== 'function')
      fail(
        'not-a-path',
        `the path from branch ${from} to ${to} is ${print(path)}`,
        'A path is a function of a feature and its target: same, down, up(…), or your own.',
      )
    if (given.has(`${from}-${to}`))
      fail(
        'connection-twice',
        `branch ${from} feeds branch ${to} twice`,
        'Give each pair one path.',
      )
    given.add(`${from}-${to}`)
  }
}

function followed(path: Path, from: number, to: number, branch: Feature, target: Target): Feature {
  const y = path(branch, target)
  expectFeature(y, `the result of the path from branch ${from} to ${to}`)
  const made = `the path from branch ${from} to ${to} makes ${describe(y)}`
  if (y.stride !== target.stride)
    fail('path-stride', made, `Branch ${to} has stride ${target.stride}.`)
  if (y.channels !== target.channels)
    fail('path-width', made, `Branch ${to} has ${target.channels} channels.`)
  return y
}

function activated(activation: (x: Feature) => Feature, sum: Feature, to: number): Feature {
  const y = activation(sum)
  const what = `the activation of branch ${to}`
  expectFeature(y, `the result of ${what}`)
  if (y.stride !== sum.stride || y.channels !== sum.channels)
    fail(
      'activation-shape',
      `${what} makes ${describe(y)} of ${describe(sum)}`,
      'Let it keep width and stride; change them after the fusion.',
    )
  return y
}

/** Refuses what is no list of at least one feature. */
export function expectBranches(branches: unknown): asserts branches is readonly Feature[] {
  if (!Array.isArray(branches))
    fail('not-a-feature', `branches are ${describe(branches)}`, 'Give a list of features.')
  if (branches.length === 0)
    fail('empty-pyramid', 'a pyramid of 0 branches', 'Give it at least 1 branch.')
  for (const [i, x] of branches.entries()) expectFeature(x, `branch ${i}`)
}
