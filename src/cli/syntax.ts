import type { Location } from '../errors.js'

/** What stands before a syntax error's place in the message that leaves the hooks' thread. */
export const syntaxMark = 'heddle:syntax:'

export interface SyntaxPlace {
  readonly problem: string
  readonly location: Location
}

/**
 * Reads a refusal of amaro's, which is a drawing: the message, the lines with their numbers, and carets
 * under the columns.
 */
export function syntaxPlace(file: string, error: unknown): SyntaxPlace {
  const { message } = error as { readonly message: string }
  const lines = message.split('\n')
  const problem = (lines[0] ?? '').replace(/^\s*[x×]\s*/, '').trim()
  const start = /\[(\d+):(\d+)\]/.exec(message)
  let line = Number(start?.[1] ?? 1)
  for (const text of lines) {
    const numbered = /^\s*(\d+) [|│]/.exec(text)
    if (numbered) line = Number(numbered[1])
    const caret = /^(\s*[:·] )( *)[\^─-]/.exec(text)
    if (caret) return { problem, location: { file, line, column: (caret[2] as string).length + 1 } }
  }
  return { problem, location: { file, line, column: Number(start?.[2] ?? 1) } }
}
