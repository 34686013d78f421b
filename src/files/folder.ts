import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../errors.js'
import { telling } from './told.js'

/**
 * The paths of what is in a folder, in the order of their names; what begins with a dot is hidden, and left out.
 * @throws {InputError} where there is no such folder, it is a file, or it may not be read.
 */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await told(folder, readdir(folder, { withFileTypes: true }))
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .sort()
}

function unreadable(path: string, problem: string, remedy: string, cause?: unknown): InputError {
  return new InputError({ problem: `${path} cannot be read: ${problem}`, remedy }, { cause })
}

const told = telling(
  {
    ENOENT: [
      'there is no such folder',
      'Check the path; a relative one begins in the current folder.',
    ],
    ENOTDIR: ['it is a file', 'Give the path of a folder.'],
    EACCES: ['permission is denied', 'Give a folder that you may read.'],
  },
  unreadable,
)
