import type { Location } from '../errors.js'

/** What stands before a syntax error's place in the message that leaves the hooks' thread. */
export const syntaxMark = 'heddle:syntax:'

export interface SyntaxPlace {
  readonly problem: string
  readonly location: Location
}

/** What swc throws, which is no Error: the line from 1, the column from 0, as wide as the text is shown. */
interface Refusal {
  readonly message: string
  readonly startLine: number
  readonly startColumn: number
}

/** A tab is shown as four columns and is one. */
const tab = 4

export function syntaxPlace(file: string, text: string, error: unknown): SyntaxPlace {
  const { message, startLine: line, startColumn } = error as Refusal
  const indent = /^\t*/.exec(text.split('\n')[line - 1] ?? '')?.[0].length ?? 0
  const column = startColumn + 1 - Math.min(indent, startColumn / tab) * (tab - 1)
  return { problem: message, location: { file, line, column } }
}
