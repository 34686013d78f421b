import { InputError } from '../errors.js'
import { openFile } from '../files/open.js'

/** More than any list of classes that people tell apart takes. */
const mostBytes = 2 ** 20

/**
 * The labels in a text file, one a line; empty lines at its end are none.
 * @throws {InputError} where there is no such file, it is too large, it is no text, or a label is missing.
 */
export async function readLabels(path: string): Promise<readonly string[]> {
  const file = await openFile(path)
  try {
    if (file.size > mostBytes)
      throw noLabels(`${path} has ${file.size} bytes, and labels are read up to ${mostBytes}`)
    const text = textIn(path, await file.read(0, file.size))
    const labels = text
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.trim())
    const empty = labels.indexOf('')
    if (empty !== -1) throw noLabels(`line ${empty + 1} of ${path} is empty`)
    return labels
  } finally {
    await file.close()
  }
}

function textIn(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw noLabels(`${path} is no text in UTF-8`, error)
  }
}

function noLabels(problem: string, cause?: unknown): InputError {
  return new InputError(
    { problem, remedy: 'Give a text file in UTF-8 with one label a line.' },
    { cause },
  )
}
