import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import module from 'node:module'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isModel, type Model } from '../dsl/model.js'
import { HeddleError, InputError, type Location, userLocation } from '../errors.js'
import { nearestOf } from '../nearest.js'
import { shownPath, thrownIn } from './failure.js'
import { type SyntaxPlace, syntaxMark } from './syntax.js'
import { divertOutput, keepRunning } from './terminal.js'

/** A file of the user's and, after #, the export that is meant. */
export interface FileArgument {
  readonly path: string
  readonly name: string | undefined
}

/** `./my-net.ts`, `./my-net.ts#unet`: an argument that names a file; nothing where it is a zoo name. */
export function fileArgument(argument: string): FileArgument | undefined {
  if (existsSync(argument) && statSync(argument).isFile())
    return { path: argument, name: undefined }
  const [, path = argument, name] = /^(.*?)#([^#/\\]*)$/.exec(argument) ?? []
  const isFile = /[/\\]/.test(path) || /\.(?:[cm]?[jt]sx?|onnx|json)$/.test(path)
  return isFile ? { path, name } : undefined
}

/**
 * Runs a file of the user's and returns the model that it exports: a model, or a function without
 * arguments that makes one.
 * @throws {InputError} where it is no such file, does not compile, throws, or leaves open which model is meant.
 * @throws {NetworkError} where a layer does not fit, at the user's line.
 */
export async function loadFile(argument: FileArgument): Promise<Model> {
  const file = existingFile(argument.path)
  await registerHooks()
  divertOutput()
  keepRunning(() => endsProcess(file))
  let exported: Readonly<Record<string, unknown>>
  try {
    exported = await Promise.race([import(pathToFileURL(file).href), stalled(file)])
    await expectNoRejection()
  } catch (error) {
    throw await importProblem(file, error)
  }
  return modelOf(file, argument, exported)
}

function endsProcess(file: string): InputError {
  return new InputError({
    problem: `${shownPath(file)} ends the process`,
    remedy: 'Let the file run to its end and export a model.',
    location: userLocation(new Error('exit')),
  })
}

/** Fails once nothing is left that could let the file run to its end. */
function stalled(file: string): Promise<never> {
  return new Promise((_, reject) =>
    process.once('beforeExit', () =>
      reject(
        new InputError({
          problem: `${shownPath(file)} waits for something that never comes`,
          remedy: 'Let the file run to its end and export a model.',
        }),
      ),
    ),
  )
}

/**
 * Fails where a promise of the file's that nobody waits for has failed. Node tells only between turns, and a
 * small network would be counted, and the process over, within this one.
 */
async function expectNoRejection(): Promise<void> {
  const failed: unknown[] = []
  const listen = (reason: unknown): void => void failed.push(reason)
  process.on('unhandledRejection', listen)
  await new Promise(setImmediate)
  process.off('unhandledRejection', listen)
  if (failed.length > 0) throw failed[0]
}

/** The file, with links resolved, as stack traces name it. */
export function existingFile(path: string): string {
  const problem = (what: string, remedy: string): InputError =>
    new InputError({ problem: what, remedy })
  const full = resolve(path)
  if (!existsSync(full)) {
    const near = siblings(full)
    throw problem(
      `there is no file ${path}`,
      near.length > 0
        ? `In that folder: ${near.join(', ')}.`
        : 'A model is a zoo name (heddle models lists them) or a TypeScript file.',
    )
  }
  if (!statSync(full).isFile())
    throw problem(
      `${path} is ${statSync(full).isDirectory() ? 'a folder' : 'no file'}`,
      'Give a TypeScript file.',
    )
  if (!/\.m?[jt]s$/.test(full))
    throw problem(
      `${path} ends in none of .ts, .mts, .js and .mjs`,
      'A model of your own is a .ts or .mts file (or .js, .mjs) that exports it.',
    )
  return realpathSync(full)
}

function siblings(full: string): readonly string[] {
  try {
    return readdirSync(dirname(full))
      .filter((name) => /\.m?ts$/.test(name))
      .slice(0, 8)
  } catch {
    return []
  }
}

let registered = false

/** Lets this process import TypeScript files of the user's, and `heddle` from anywhere: the running one. */
export async function registerHooks(): Promise<void> {
  if (registered) return
  registered = true
  // Node 22.15 runs hooks in this thread; before that, in one of their own.
  const { registerHooks } = module as { registerHooks?: (hooks: object) => void }
  if (!registerHooks) {
    module.register('./hooks.js', import.meta.url)
    return
  }
  const { load, resolve } = await import('./hooks.js')
  registerHooks({ load, resolve })
}

function modelOf(
  file: string,
  { path, name }: FileArgument,
  exported: Readonly<Record<string, unknown>>,
): Model {
  const shown = shownPath(file)
  const models = Object.keys(exported).filter((key) => isModel(exported[key]))
  const makers = Object.keys(exported).filter((key) => isMaker(exported[key]))
  if (name !== undefined) {
    if (![...models, ...makers].includes(name))
      throw new InputError({
        problem: `${shown} exports no model called “${name}”`,
        remedy:
          models.length + makers.length > 0
            ? `It exports ${[...models, ...makers].join(', ')}.`
            : 'Export it: export const net = model(…).',
      })
    return made(file, name, exported[name])
  }
  const distinct = new Map(models.map((key) => [exported[key], key]))
  const candidates = models.length > 0 ? [...distinct.values()] : makers
  const [first, second] = candidates
  const promise = Object.keys(exported).find((key) => exported[key] instanceof Promise)
  if (first === undefined && promise !== undefined)
    throw new InputError({
      problem: `${shown} exports no model: ${promise} is a promise`,
      remedy: 'Await it in the file, which may: export const net = await ….',
    })
  if (first === undefined)
    throw new InputError({
      problem: `${shown} exports no model`,
      remedy:
        'Export the model, or a function without arguments that makes it: export const net = model(…).',
    })
  if (second !== undefined)
    throw new InputError({
      problem: `${shown} exports ${candidates.length} models: ${candidates.join(', ')}`,
      remedy: `Name the one that is meant: ${path}#${first}.`,
    })
  return made(file, first, exported[first])
}

/** A function that can be called without arguments; classes cannot. */
function isMaker(value: unknown): value is () => unknown {
  return (
    typeof value === 'function' &&
    value.length === 0 &&
    !Function.prototype.toString.call(value).startsWith('class')
  )
}

function made(file: string, name: string, value: unknown): Model {
  if (isModel(value)) return value
  let result: unknown
  try {
    result = (value as () => unknown)()
  } catch (error) {
    throw error instanceof HeddleError ? error : thrownIn(file, error)
  }
  if (isModel(result)) return result
  const promise = result instanceof Promise
  throw new InputError({
    problem: `${shownPath(file)} exports no model: ${name}() returns ${
      promise ? 'a promise' : `a value of type ${typeof result}`
    }`,
    remedy: promise
      ? `Await it in the file, which may: export const net = await ${name}().`
      : 'Return what model(…) returns.',
  })
}

const erasedOnly = /not supported in (?:strip-only|type strip) mode/

async function importProblem(file: string, error: unknown): Promise<unknown> {
  if (error instanceof HeddleError || !(error instanceof Error)) {
    return error instanceof HeddleError ? error : thrownIn(file, error)
  }
  if (error.message.startsWith(syntaxMark)) {
    const { problem, location } = JSON.parse(error.message.slice(syntaxMark.length)) as SyntaxPlace
    return new InputError({
      problem: `${shownPath(location.file)} does not compile: ${problem.replace(erasedOnly, 'not supported')}`,
      remedy: erasedOnly.test(problem)
        ? 'Types are left out, nothing is translated: write what JavaScript has (for an enum, a union of strings).'
        : 'Correct it there.',
      location,
    })
  }
  return (await linkProblem(error)) ?? thrownIn(file, error)
}

/** What cannot be linked: a module that is not found, a name that is not exported. */
async function linkProblem(error: Error): Promise<InputError | undefined> {
  const { code } = error as NodeJS.ErrnoException
  const missing = /^Cannot find (?:module|package) '(.*?)' imported from (.*)$/m.exec(error.message)
  if (code === 'ERR_MODULE_NOT_FOUND' && missing) {
    const [, specifier = '', from = ''] = missing
    const file = from.startsWith('file:') ? fileURLToPath(from) : from
    const location =
      place(file, basename(specifier)) ?? place(file, basename(specifier).replace(/\.\w+$/, ''))
    return new InputError({
      problem: `${shownPath(file)} does not compile: there is no module ${shownPath(specifier)}`,
      remedy: 'Correct the import, or add the file or package.',
      location,
    })
  }
  const required = code === 'MODULE_NOT_FOUND' && /^Cannot find module '(.*?)'/.exec(error.message)
  const location = userLocation(error)
  if (required && location)
    return new InputError({
      problem: `${shownPath(location.file)} requires ${required[1]}, which is not there`,
      remedy: /^heddle/.test(required[1] as string)
        ? `Import it: import { … } from '${required[1]}'.`
        : 'Correct the path, or add the file or package.',
      location,
    })
  if (!(error instanceof SyntaxError)) return undefined
  const [, url, line] = /^(file:.*?):(\d+)\n/.exec(error.stack ?? '') ?? []
  if (!url) return undefined
  const file = fileURLToPath(url)
  const [, name] = /export named '(.*?)'/.exec(error.message) ?? []
  return new InputError({
    problem: `${shownPath(file)} does not compile: ${error.message}`,
    remedy: name ? await exportRemedy(error.message, name) : 'Correct it there.',
    location: (name && place(file, name)) || { file, line: Number(line), column: 1 },
  })
}

/** Types are no exports once they are left out; and names are misspelt. */
async function exportRemedy(message: string, name: string): Promise<string> {
  const [, from] = /requested module '(heddle(?:\/node)?)'/.exec(message) ?? []
  if (!from) return `Export ${name} there; if it is a type, write import type.`
  const entry = from === 'heddle' ? '../index' : '../node'
  const types = readFileSync(new URL(`${entry}.d.ts`, import.meta.url), 'utf8')
  if (new RegExp(`\\b${name}\\b`).test(types))
    return `It is a type: import { type ${name} } from '${from}'.`
  const known = Object.keys(await import(`${entry}.js`))
  return `Did you mean ${nearestOf(name, known)}?`
}

/** The first place of a word in a file. */
function place(file: string, word: string): Location | undefined {
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    const line = lines.findIndex((text) => text.includes(word))
    if (line < 0) return undefined
    return { file, line: line + 1, column: (lines[line] as string).indexOf(word) + 1 }
  } catch {
    return undefined
  }
}
