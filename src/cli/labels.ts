import { InputError } from '../errors.js'
import { openFile } from '../files/open.js'

/** More than any list of classes that people tell apart takes. */
const mostBytes = 2 ** 20

/**
 * The names of a text file, one a line; empty lines at its end are none.
 * @throws {InputError} where there is no such file, it is too large, or a name is missing.
 */
export async function readLabels(path: string): Promise<readonly string[]> {
  const file = await openFile(path)
  try {
    if (file.size > mostBytes)
      throw new InputError({
        problem: `${path} has ${file.size} bytes, and labels are read up to ${mostBytes}`,
        remedy: 'Give a text file with a name a line.',
      })
    const text = new TextDecoder().decode(await file.read(0, file.size))
    const labels = text
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.trim())
    const empty = labels.indexOf('')
    if (empty === -1) return labels
    throw new InputError({
      problem: `line ${empty + 1} of ${path} is empty`,
      remedy: 'Give a name a line.',
    })
  } finally {
    await file.close()
  }
}
