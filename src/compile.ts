import type { Graph } from './compiler/graph.js'
import { operationsOf } from './compiler/graph.js'
import type { Value } from './compiler/node.js'
import { printType } from './compiler/print.js'
import {
  composed,
  type Declined,
  type Firing,
  type Pass,
  type Rewriting,
  unchanged,
} from './compiler/rewrite.js'
import { type InputSize, type Side, specialise } from './compiler/specialise.js'
import { validate } from './compiler/validate.js'
import type { Model } from './dsl/model.js'
import { HeddleError, InputError, InternalError } from './errors.js'
import { expectOptions, expectTaken } from './targets/expect.js'
import { ordered } from './targets/lists.js'
import { portable } from './targets/portable.js'
import { type Goal, type Target, usualGoal } from './targets/target.js'

export interface CompileOptions {
  /** What the network will be given: by default one image of the model's own size. */
  readonly size?: Partial<InputSize>
  /** The runtime that it is for (`targets.portable`). */
  readonly target?: Target | undefined
  /** What is wanted of it besides (float32, and time before memory). */
  readonly goal?: Partial<Goal>
  /** What it goes through, in order, in place of the target's passes; none for the network as written. */
  readonly passes?: readonly Pass[]
}

/** What a pass did. */
export interface PassReport {
  readonly name: string
  /** How many operations there were. */
  readonly before: number
  readonly after: number
  readonly ms: number
  readonly fired: number
  /** What it might have taken and left, and why. */
  readonly declined: readonly Declined[]
}

/** A pass that ran: what it did, and the network behind it. */
export interface Step {
  readonly pass: Pass
  readonly report: PassReport
  readonly firings: readonly Firing[]
  readonly graph: Graph
  /** Which value of `graph` equals each of the network as written. */
  readonly equals: ReadonlyMap<Value, Value>
}

export interface Compilation {
  readonly model: Model
  readonly size: InputSize
  readonly target: Target
  readonly goal: Goal
  /** The network as written, for inputs of that size. */
  readonly plain: Graph
  /** The same after all passes. */
  readonly graph: Graph
  /** Which value of `graph` equals each of `plain`, where it is still computed. */
  readonly equals: ReadonlyMap<Value, Value>
  readonly passes: readonly PassReport[]
  readonly steps: readonly Step[]
  /** Passes that wait until it has its precision: they order it, and whatever changes a network drops its order. */
  readonly last: readonly Pass[]
}

/**
 * A network for inputs of a given size, taken through the passes; not yet narrowed to a precision that is not float32,
 * which `build`, `verify` and `toOnnx` do. Every graph on the way is checked.
 * @throws {InputError} where the size is none, or the target has not the precision.
 * @throws {NetworkError} `input-size` where some level of the network does not fit it; `target` where what comes of
 * it breaks a rule of the target.
 * @throws {InternalError} where a pass fails, or breaks a graph.
 */
export function compile(model: Model, options: CompileOptions = {}): Compilation {
  const { target = portable } = options
  const goal = { ...usualGoal, ...options.goal }
  expectOptions(target, goal)
  const size = sizeFor(model, options.size)
  const plain = specialise(model.graph, size)
  validate(plain)
  const { equals } = unchanged(plain)
  const asked = options.passes ?? [...target.passes(goal), ...ordered(target, goal)]
  const end = goal.precision === 'float32' ? asked.length : whereOrdered(asked, target)
  const last = asked.slice(end)
  const none = { passes: [], steps: [] }
  const written = { model, size, target, goal, plain, graph: plain, equals, last, ...none }
  return through(written, asked.slice(0, end))
}

/** From where on passes do nothing but order. */
function whereOrdered(passes: readonly Pass[], target: Target): number {
  const ordering = ordered(target, { lowMemory: true }).map(({ name }) => name)
  return passes.findLastIndex(({ name }) => !ordering.includes(name)) + 1
}

/**
 * A compilation taken through a precision's passes, which may need something of the network so far; then through those
 * that wait for them.
 * @throws {NetworkError} `target` where what comes of it breaks a rule of the target.
 * @throws {InternalError} where a pass fails, or breaks a graph.
 */
export function compileFurther(compilation: Compilation, passes: readonly Pass[]): Compilation {
  return { ...through(compilation, [...passes, ...compilation.last]), last: [] }
}

function through(compilation: Compilation, passes: readonly Pass[]): Compilation {
  let { graph, equals } = compilation
  const steps = [...compilation.steps]
  for (const pass of passes) {
    const start = performance.now()
    const { firings, declined, ...rewriting } = guarded(
      pass,
      graph,
      steps.map(({ pass: { name } }) => name),
    )
    const ms = performance.now() - start
    const report = {
      name: pass.name,
      before: operationsOf(graph).length,
      after: operationsOf(rewriting.graph).length,
      ms,
      fired: firings.length,
      declined,
    }
    if (rewriting.graph !== graph) {
      graph = rewriting.graph
      equals = composed(equals, rewriting.equals)
    }
    steps.push({ pass, report, firings, graph, equals })
  }
  expectTaken(compilation.target, graph)
  return { ...compilation, graph, equals, passes: steps.map(({ report }) => report), steps }
}

function guarded(pass: Pass, graph: Graph, ran: readonly string[]): Rewriting {
  try {
    const rewriting = pass.run(graph)
    if (rewriting.graph !== graph) {
      validate(rewriting.graph)
      expectSameEnds(graph, rewriting.graph)
    }
    return rewriting
  } catch (cause) {
    const after = ran.length > 0 ? ` after ${ran.join(', ')}` : ''
    const problem = cause instanceof HeddleError ? cause.problem : String(cause)
    throw new InternalError(`pass ${pass.name} failed${after}: ${problem}`, { cause })
  }
}

/** A pass may change how a network computes, not what it is given and gives. */
function expectSameEnds(before: Graph, after: Graph): void {
  const spelt = ({ inputs, outputs }: Graph): readonly string[] => [
    ...inputs.map(({ attributes: { name }, type }) => `input ${name} ${printType(type)}`),
    ...outputs.map(({ name, value: { type } }) => `output ${name} ${printType(type)}`),
  ]
  const [old, now] = [spelt(before), spelt(after)]
  const at = [...old.keys(), old.length].find((i) => old[i] !== now[i])
  if (at !== undefined)
    throw new InternalError(`it makes ${now[at] ?? 'nothing'} of ${old[at] ?? 'nothing'}`)
}

/** Past this no runtime has memory, and sides within the network would stop being exact. */
const largestSide = 2 ** 31 - 1

/**
 * A size of which some is stated: the rest is one image of the model's own size.
 * @throws {InputError} where a side is no whole number from 1.
 */
export function sizeFor({ image }: Model, given: Partial<InputSize> = {}): InputSize {
  const [height, width] = image.size
  const size = {
    batch: given.batch ?? 1,
    height: given.height ?? height,
    width: given.width ?? width,
  }
  for (const [name, side] of Object.entries(size) as [string, Side][]) {
    const number = typeof side === 'number' ? side : side.multiple
    if (!Number.isSafeInteger(number) || number < 1 || number > largestSide)
      throw new InputError({
        problem: `a ${typeof side === 'number' ? '' : 'multiple of the '}${name} of ${number}`,
        remedy: `Give a whole number from 1 to ${largestSide}.`,
      })
  }
  return size
}
