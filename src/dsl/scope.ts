import { make } from '../compiler/make.js'
import type { NodeOf, Origin, ParameterRole } from '../compiler/node.js'
import { markPlace, NetworkError, userLocation } from '../errors.js'
import type { RuleName } from './rules.js'

/** A model being written: the scopes that are open, and what has been made in them. */
export interface Trace {
  readonly model: string
  readonly open: Scope[]
  readonly parameters: Map<string, Made>
}

interface Scope {
  readonly path: string
  readonly use: Use
  readonly spelling: Spelling
}

/** What a parameter is called elsewhere: its whole name, scopes and all, to another. */
export type Spelling = (name: string) => string

const asItIs: Spelling = (name) => name

/** The one use of a whole model, or one use of a shared scope. */
interface Use {
  readonly shared: boolean
  /** In each scope, the number of the next layer without a name, as in torch.nn.Sequential. */
  readonly counts: Map<string, number>
}

interface Made {
  readonly node: NodeOf<'parameter'>
  /** Whether a shared scope made it, and the latest use that read it. */
  readonly shared: boolean
  use: Use
}

let current: Trace | undefined
/** Where all that is being written stands, where that is one place. */
let onePlace: Error | undefined

/** Runs `body` as the writing of a model. Models may be written inside one another; each has its own scopes. */
export function tracing<R>(model: string, body: (trace: Trace) => R): R {
  const outer = current
  const trace: Trace = {
    model,
    open: [{ path: '', use: { shared: false, counts: new Map() }, spelling: asItIs }],
    parameters: new Map(),
  }
  current = trace
  try {
    return body(trace)
  } finally {
    current = outer
  }
}

/**
 * Runs `body`, all of whose layers stand at one place: this one. For heddle's own networks, in which no line is
 * the user's, and a mark for each layer would take longer than all the rest.
 */
export function atOnePlace<R>(body: () => R): R {
  const outer = onePlace
  onePlace ??= markPlace()
  try {
    return body()
  } finally {
    onePlace = outer
  }
}

function place(): Error {
  return onePlace ?? markPlace()
}

/** The model being written. */
export function currentTrace(): Trace {
  return (
    current ??
    fail(
      'outside-model',
      'a layer is used outside of a model',
      'Use layers inside the function given to model(…).',
    )
  )
}

/**
 * A part of the network with a name of its own. Parameters made in `body` are called after the scopes around
 * them, joined by dots; layers without a name count from 0 in each scope, as torch.nn.Sequential has it.
 * Opening a scope of the same name again goes on counting where it stopped.
 */
export function scope<R>(name: string | number, body: () => R): R {
  return within(String(name), false, body)
}

/**
 * A scope whose parameters are made at its first use and used again at every later one: what PyTorch
 * writes as one module called several times.
 */
export function shared<R>(name: string | number, body: () => R): R {
  return within(String(name), true, body)
}

/** A named layer that is used several times, without a scope of its own around it. */
export function sharedLayer<R>(body: () => R): R {
  const trace = currentTrace()
  trace.open.push({ ...here(trace), use: { shared: true, counts: new Map() } })
  try {
    return body()
  } finally {
    trace.open.pop()
  }
}

/**
 * Parameters made in `body` are called by another spelling, as where another code's checkpoints have other names for
 * the same network. Scopes and layers keep theirs; within one another, the inner spelling comes first.
 */
export function spelled<R>(spelling: Spelling, body: () => R): R {
  const trace = currentTrace()
  for (const given of [spelling, body])
    if (typeof given !== 'function')
      fail(
        'not-a-function',
        `spelled gets ${typeof given}, not a function`,
        'Write spelled((name) => …, () => …).',
      )
  const outer = here(trace)
  trace.open.push({ ...outer, spelling: (name) => outer.spelling(spelling(name)) })
  try {
    return body()
  } finally {
    trace.open.pop()
  }
}

function within<R>(name: string, isShared: boolean, body: () => R): R {
  const trace = currentTrace()
  expectName('scope-name', 'scope', name)
  if (typeof body !== 'function')
    fail(
      'not-a-function',
      `the body of scope “${name}” is no function`,
      `Write scope('${name}', () => …).`,
    )
  const use = isShared ? { shared: true, counts: new Map() } : here(trace).use
  trace.open.push({ ...here(trace), path: pathTo(trace, name), use })
  try {
    return body()
  } finally {
    trace.open.pop()
  }
}

/** Of every layer that torch.nn.Sequential would number. */
export interface Named {
  /** What its parameters are called after; the next number of its scope otherwise. */
  readonly name?: string
}

/** Where a layer that torch.nn.Sequential would number stands: under its name, or the scope's next number. */
export function layerOrigin(name: string | undefined): Origin {
  const trace = currentTrace()
  if (name !== undefined) expectName('layer-name', 'layer', name)
  const { path, use } = here(trace)
  const next = use.counts.get(path) ?? 0
  if (name === undefined) use.counts.set(path, next + 1)
  return { path: pathTo(trace, name ?? String(next)), place: place() }
}

/** Where a function of features without parameters stands (a sum, a concat): it takes no number. */
export function functionOrigin(name: string): Origin {
  return { path: pathTo(currentTrace(), name), place: place() }
}

/** What a parameter of no layer belongs to: its scope, in which it takes no number. */
export function parameterOwner(name: string): Origin {
  expectName('layer-name', 'parameter', name)
  return { path: here(currentTrace()).path, place: place() }
}

/** A parameter, called after the scopes around it. */
export function parameterNode(
  owner: Origin,
  name: string,
  shape: readonly number[],
  role: ParameterRole,
): NodeOf<'parameter'> {
  const trace = currentTrace()
  const { use, spelling } = here(trace)
  const full = spelling(owner.path === '' ? name : `${owner.path}.${name}`)
  expectName('layer-name', 'parameter', full)
  const known = trace.parameters.get(full)
  if (!known) {
    const node = make('parameter', {}, { name: full, shape, role }, owner)
    trace.parameters.set(full, { node, shared: use.shared, use })
    return node
  }
  if (!known.shared || !use.shared || known.use === use)
    fail(
      'parameter-name',
      `two parameters are called ${full}`,
      'Give one of the layers another name or scope; to use the same weights twice, write shared(…).',
    )
  known.use = use
  const first = known.node.attributes.shape
  if (first.join() !== shape.join())
    fail(
      'shared-shape',
      `${full} is shared, as [${first.join(', ')}] first and [${shape.join(', ')}] now`,
      'Share layers of the same widths and kernels only.',
    )
  return known.node
}

function expectName(rule: RuleName, what: string, name: unknown): void {
  if (typeof name !== 'string' || !/^[^\s/.]+(?:\.[^\s/.]+)*$/.test(name))
    fail(
      rule,
      `a ${what} is called “${String(name)}”`,
      'Name it in one word, or several joined by dots; without slashes.',
    )
}

/**
 * Refuses the user's network, at the user's line.
 * @throws {NetworkError} always.
 */
export function fail(rule: RuleName, problem: string, remedy: string): never {
  throw new NetworkError({
    rule,
    problem,
    remedy,
    scope: current && here(current).path,
    location: userLocation(markPlace()),
  })
}

function pathTo(trace: Trace, name: string): string {
  const { path } = here(trace)
  return path === '' ? name : `${path}.${name}`
}

function here(trace: Trace): Scope {
  return trace.open.at(-1) as Scope
}
