import { readdirSync, readFileSync } from 'node:fs'

/**
 * The wrong programs of test/fixtures/wrong-programs, one file for each rule. Its head says what tsc says of it
 * (an error's number and a part of its words, or `run-time only`) and a part of what it throws. The line that ends
 * in `// wrong` is the mistake; put in its place, what stands after `// right:` below it makes the neighbour.
 */
export interface WrongProgram {
  readonly rule: string
  readonly tsc: { readonly code: number; readonly says: string } | undefined
  readonly throws: string
  /** Of the mistake, from 1. */
  readonly line: number
  readonly wrong: string
  readonly right: string
}

export const wrongProgramsFolder: URL = new URL(
  '../../../test/fixtures/wrong-programs/',
  import.meta.url,
)

export function wrongPrograms(): readonly WrongProgram[] {
  return readdirSync(wrongProgramsFolder)
    .map((file) => file.replace(/\.ts$/, ''))
    .sort()
    .map((rule) => parsed(rule, readFileSync(new URL(`${rule}.ts`, wrongProgramsFolder), 'utf8')))
}

function parsed(rule: string, wrong: string): WrongProgram {
  const lines = wrong.split('\n')
  const [head = '', throws = ''] = lines.map((line) => line.replace(/^\/\/ (?:tsc|run): /, ''))
  const at = lines.findIndex((line) => line.endsWith('// wrong'))
  const right = lines.with(at, '').with(at + 1, (lines[at + 1] ?? '').replace('// right: ', ''))
  const [code = '', ...says] = head.split(' ')
  return {
    rule,
    tsc: head === 'run-time only' ? undefined : { code: Number(code), says: says.join(' ') },
    throws,
    line: at + 1,
    wrong,
    right: right.join('\n'),
  }
}
