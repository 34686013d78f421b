import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HeddleError, InputError, type Location, userLocation } from '../errors.js'
import { nearestOf } from '../spelling.js'
import { shownPath, thrownIn } from './failure.js'
import { type SyntaxPlace, syntaxMark } from './syntax.js'

const erasedOnly = /not supported in (?:strip-only|type strip) mode/

/** Why a file of the user's could not be imported: what does not compile, cannot be linked, or throws. */
export async function importProblem(file: string, error: unknown): Promise<HeddleError> {
  if (error instanceof HeddleError) return error
  if (!(error instanceof Error)) return thrownIn(file, error)
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
