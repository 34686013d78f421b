import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import {
  HeddleError,
  InputError,
  InternalError,
  type Location,
  NetworkError,
  printLocation,
  RuntimeError,
  userLocation,
} from '../errors.js'
import { Interruption } from './interrupt.js'
import { note, printJson, styleOf } from './terminal.js'

/** What a command ends with; 130 where it was interrupted. Others script these. */
export const exitCodes = { done: 0, failed: 1, input: 2, fault: 3 } as const

export interface FailureOptions {
  readonly json: boolean
  /** Whether stack traces are asked for (`--stack`). */
  readonly stack: boolean
}

/** Tells an error once, on standard error (with `--json` also as the document), and returns the exit code. */
export function reportFailure(error: unknown, { json, stack }: FailureOptions): number {
  if (error instanceof Interruption) {
    note(error.message)
    if (json) printJson({ error: { kind: error.name, problem: error.message } })
    return error.code
  }
  const known = asHeddleError(error)
  const { red } = styleOf(process.stderr)
  note(`${red('error:')} ${failureText(known)}`)
  if (stack) {
    for (let e: unknown = error; e instanceof Error; e = e.cause) note(e.stack ?? e.message)
  } else if (known instanceof InternalError) note('  Run it again with --stack for the report.')
  if (json) printJson({ error: failureDocument(known) })
  return known instanceof InternalError || known instanceof RuntimeError
    ? exitCodes.fault
    : exitCodes.input
}

/** What, where, the remedy; with the user's line. */
function failureText({ problem, remedy, scope, location }: HeddleError): string {
  const where = [location && placeText(location), scope && `in ${scope}`].filter(Boolean).join(', ')
  return [
    problem,
    ...(where ? [`  ${where}`] : []),
    ...(location ? sourceLines(location) : []),
    `  ${remedy}`,
  ].join('\n')
}

interface FailureDocument {
  readonly kind: string
  readonly rule?: string
  readonly problem: string
  readonly remedy: string
  readonly scope?: string
  readonly location?: Location
}

/** The same for programs. */
function failureDocument(error: HeddleError): FailureDocument {
  const { location } = error
  return {
    kind: error.name,
    ...(error instanceof NetworkError ? { rule: error.rule } : {}),
    problem: error.problem,
    remedy: error.remedy,
    ...(error.scope ? { scope: error.scope } : {}),
    ...(location ? { location: { ...location, file: shownPath(location.file) } } : {}),
  }
}

/** `my-net.ts:21:20`, from the current folder. */
export function placeText(location: Location): string {
  return printLocation({ ...location, file: shownPath(location.file) })
}

/** The line of a place, with a caret under the column; nothing where the file cannot be read. */
export function sourceLines({ file, line, column }: Location): readonly string[] {
  try {
    const text = readFileSync(file, 'utf8').split(/\r?\n/)[line - 1]
    if (text === undefined || text.length > 300) return []
    const number = String(line)
    const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
    return [`  ${number} | ${text}`, `  ${' '.repeat(number.length)} | ${before}^`]
  } catch {
    return []
  }
}

/** A path from the current folder, unless that leads far out of it. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), file)
  return /^(?:\.\.[/\\]){3}/.test(path) ? file : path
}

/** Errors that are not heddle's: of the system (a path, a full disk), or a fault. */
function asHeddleError(error: unknown): HeddleError {
  if (error instanceof HeddleError) return error
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException
  const remedy = code && systemRemedies[code]
  const place = error instanceof Error ? userLocation(error) : undefined
  if (remedy)
    return new InputError({
      problem: `${path ? shownPath(path) : 'the file'}: ${code}`,
      remedy,
    })
  // Code of the user's that runs later than its file: a timer, a promise that nobody waits for.
  if (place && !/[/\\]node_modules[/\\]/.test(place.file)) return thrownIn(place.file, error)
  return new InternalError(error instanceof Error ? error.message : String(error), { cause: error })
}

const systemRemedies: Readonly<Record<string, string>> = {
  ENOENT: 'It does not exist: make it first, or give another path.',
  ENOTDIR: 'A part of the path is no folder: give another path.',
  EISDIR: 'It is a folder: give the path of a file.',
  EACCES: 'Permission is denied: give another path.',
  EPERM: 'It is not permitted: give another path.',
  EROFS: 'The file system is read-only: give another path.',
  ENOSPC: 'The disk is full: free some space, or give a path on another disk.',
  EDQUOT: 'The quota is used up: free some space, or give another path.',
  EFBIG: 'The file is too large for this file system: give another path.',
  ENAMETOOLONG: 'The name is too long: give a shorter path.',
}

/** An error of the user's own code, told at the user's line. */
export function thrownIn(file: string, error: unknown): InputError {
  const what =
    error instanceof Error ? `${error.name}: ${error.message}` : `${typeof error} ${String(error)}`
  return new InputError(
    {
      problem: `${shownPath(file)} throws ${what}`,
      remedy: 'Let the file run to its end and export a model.',
      location: error instanceof Error ? userLocation(error) : undefined,
    },
    { cause: error },
  )
}
