/** Where a thing was written: a file of the user's, 1-based line and column. */
export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface Complaint {
  /** What is wrong, with both numbers. */
  readonly problem: string
  /** What to do about it. */
  readonly remedy: string
  /** The scope in the network, as parameter names spell it (`stage3.0.branches.1`). */
  readonly scope?: string | undefined
  readonly location?: Location | undefined
}

/** Common to all that heddle throws on purpose: one message that says what, where and the remedy. */
export abstract class HeddleError extends Error {
  readonly problem: string
  readonly remedy: string
  readonly scope: string | undefined
  readonly location: Location | undefined

  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(wording(complaint), options)
    this.name = new.target.name
    this.problem = complaint.problem
    this.remedy = complaint.remedy
    this.scope = complaint.scope
    this.location = complaint.location
  }
}

/** The user's network is wrong: a fusion of unequal widths, a size that no level survives. */
export class NetworkError extends HeddleError {
  /** Which rule of the language was broken; stable, for tools. */
  readonly rule: string

  constructor(complaint: Complaint & { readonly rule: string }, options?: ErrorOptions) {
    super(complaint, options)
    this.rule = complaint.rule
  }
}

/** What was asked for is wrong: an unknown model, an option out of range, a path that cannot be written. */
export class InputError extends HeddleError {}

/** The runtime that would run a network is missing, or failed. */
export class RuntimeError extends HeddleError {}

/** A fault of heddle's own: an invariant does not hold. */
export class InternalError extends HeddleError {
  constructor(problem: string, options?: ErrorOptions) {
    super({ problem, remedy: 'This is a fault of heddle, not yours: please report it.' }, options)
  }
}

function wording({ problem, remedy, scope, location }: Complaint): string {
  const where = [
    ...(location ? [`at ${printLocation(location)}`] : []),
    ...(scope ? [`in ${scope}`] : []),
  ]
  return [problem, ...(where.length > 0 ? [`  ${where.join(', ')}`] : []), `  ${remedy}`].join('\n')
}

/** `my-net.ts:21:20`. */
export function printLocation({ file, line, column }: Location): string {
  return `${file}:${line}:${column}`
}

/**
 * heddle's own folders: frames inside them are never the user's. Where Node maps stacks to sources, heddle's
 * frames are named otherwise than its modules: hence also the folder that a stack made here names.
 */
let ownFolders: readonly string[] | undefined

function own(): readonly string[] {
  if (ownFolders) return ownFolders
  // In a bundle there is but one file, and its folder may be the user's own.
  const part = (file: string): string => file.replace(/(?<=[/\\])errors\.[jt]s$/, '')
  // Nothing where a bundler makes a classic script.
  const here: string | undefined = import.meta.url
  ownFolders = [
    ...(here === undefined ? [] : [pathOf(here)]),
    ...framesOf(new Error('here'))
      .slice(0, 1)
      .map(({ file }) => file),
  ].map(part)
  return ownFolders
}

/**
 * The innermost frame of a stack that is neither heddle's nor the platform's: the user's line.
 * Reads V8's stacks; elsewhere, and for a network of heddle's own zoo, there is none.
 */
export function userLocation(error: Error): Location | undefined {
  return framesOf(error).find(({ file }) => !own().some((folder) => file.startsWith(folder)))
}

/** `at f (file:///net.ts:3:9)` and `at C:\net.js:3:9`; brackets may be in paths too. */
const inBrackets = /\(((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:[/\\]).*):(\d+):(\d+)\)$/
const bare = /^\s*at (?:async )?((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:[/\\]).*):(\d+):(\d+)$/

function framesOf({ stack }: Error): readonly Location[] {
  return (typeof stack === 'string' ? stack : '').split('\n').flatMap((frame) => {
    const [, source, line, column] = bare.exec(frame) ?? inBrackets.exec(frame) ?? []
    if (source === undefined || source.includes('<anonymous>')) return []
    return [{ file: pathOf(source), line: Number(line), column: Number(column) }]
  })
}

/** The path of a file's URL, on Windows too; other addresses without their query. */
function pathOf(source: string): string {
  if (!/^(?:file|https?):/.test(source)) return source
  const address = source.replace(/[?#].*$/, '')
  if (!address.startsWith('file:')) return address
  const path = address.replace(/^file:(?:\/\/\/(?=[A-Za-z]:)|\/\/(?=\/))?/, '')
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A mark of this place in the program, whose stack is read only if something goes wrong there. */
export function markPlace(): Error {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 100
  const mark = new Error('place')
  Error.stackTraceLimit = limit
  return mark
}
