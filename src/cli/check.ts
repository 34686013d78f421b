import { specialise } from '../compiler/specialise.js'
import { type HeddleError, InputError, NetworkError } from '../errors.js'
import { exitCodes, placeText, shownPath, sourceLines } from './failure.js'
import { existingFile, fileArgument } from './file-argument.js'
import type { Mistake } from './mistakes.js'
import { inputShape, inputSize, type ModelOptions, modelFrom } from './options.js'
import { print, printJson, styleOf } from './terminal.js'

/**
 * `heddle check`: the types of a file of the user's, then the network written as every other command writes
 * it, at the size asked for. A network of the zoo has no types to check.
 */
export async function checkModel(argument: string, options: ModelOptions): Promise<number> {
  const file = fileArgument(argument)
  const path = file && existingFile(file.path)
  const typed = path && /\.m?ts$/.test(path) ? await typeMistakesOf(path) : []
  const { refused, model, input } = await written(argument, options)
  // A file that cannot be run, and whose types do not say why, fails as it does everywhere.
  if (refused instanceof InputError && typed.length === 0) throw refused
  const mistakes = merged(typed, refused)
  const ok = mistakes.length === 0
  if (options.json)
    printJson({
      ok,
      ...(model === undefined ? {} : { model, input }),
      mistakes: mistakes.map(({ location, ...rest }) => ({
        ...rest,
        ...(location ? { location: { ...location, file: shownPath(location.file) } } : {}),
      })),
    })
  else print(ok ? soundText(argument, String(model), input) : mistakesText(mistakes))
  if (refused instanceof InputError) return exitCodes.input
  return ok ? exitCodes.done : exitCodes.failed
}

async function typeMistakesOf(path: string): Promise<readonly Mistake[]> {
  const { typeMistakes } = await import('./mistakes.js')
  return typeMistakes(path)
}

interface Written {
  readonly refused?: NetworkError | InputError
  readonly model?: string
  readonly input?: readonly (number | string)[]
}

/** The network at its size, or why it cannot be written. */
async function written(argument: string, options: ModelOptions): Promise<Written> {
  try {
    const model = await modelFrom(argument, options)
    const size = inputSize(model, options)
    specialise(model.graph, size)
    return { model: model.name, input: inputShape(model, size) }
  } catch (error) {
    if (error instanceof NetworkError || error instanceof InputError) return { refused: error }
    throw error
  }
}

/** What both types and the network tell of one line is told once, as the network has it. */
function merged(typed: readonly Mistake[], refused: HeddleError | undefined): readonly Mistake[] {
  if (!refused) return typed
  const { problem, remedy, location } = refused
  const run: Mistake = {
    found: 'run',
    problem,
    remedy,
    location,
    ...(refused instanceof NetworkError ? { rule: refused.rule } : {}),
  }
  const same = typed.findIndex(
    (one) => one.location?.file === location?.file && one.location?.line === location?.line,
  )
  const twin = typed[same]
  return twin ? typed.with(same, { ...run, ...twin, problem, remedy }) : [...typed, run]
}

function mistakesText(mistakes: readonly Mistake[]): string {
  const { red, bold } = styleOf(process.stdout)
  const texts = mistakes.map(({ problem, remedy, location }) =>
    [
      `${location ? `${bold(placeText(location))}: ` : ''}${problem}`,
      ...(location ? sourceLines(location) : []),
      ...(remedy ? [`  ${remedy}`] : []),
    ].join('\n'),
  )
  const n = mistakes.length
  return [...texts, red(`${n} ${n === 1 ? 'mistake' : 'mistakes'}`)].join('\n\n')
}

function soundText(argument: string, model: string, input: Written['input']): string {
  const { green } = styleOf(process.stdout)
  return `${green('no mistakes')} in ${argument}: ${model} takes [${input?.join(', ')}]`
}
