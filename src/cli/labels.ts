import { readFileSync } from 'node:fs'
import { InputError } from '../errors.js'

/** The labels in a file, one a line. */
export function readLabels(path: string): readonly string[] {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    throw new InputError(
      {
        problem: `--labels ${path} cannot be read: ${(error as Error).message}`,
        remedy: 'Give a text file in UTF-8 with one label a line.',
      },
      { cause: error },
    )
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  // A text ends with the end of its last line.
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
