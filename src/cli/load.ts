import module from 'node:module'
import { pathToFileURL } from 'node:url'
import { isModel, type Model } from '../dsl/model.js'
import { HeddleError, InputError, userLocation } from '../errors.js'
import { shownPath, thrownIn } from './failure.js'
import { existingFile, type FileArgument } from './file-argument.js'
import { importProblem } from './import-problem.js'
import { divertOutput, keepRunning } from './terminal.js'

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
