import { type FileHandle, open, readFile } from 'node:fs/promises'
import { InputError } from '../errors.js'
import { telling } from './told.js'

/** A file of lines that grows by whole lines. */
export interface Lines {
  /** Those that it had. */
  readonly lines: readonly string[]
  /** Puts a line behind the others. */
  append(line: string): Promise<void>
  close(): Promise<void>
}

/** The lines of a file, and what stands behind the last line end: its writer was stopped there, or is still at it. */
export async function readLines(path: string): Promise<Pick<Whole, 'lines' | 'half'>> {
  return wholeLines(await told(path, readFile(path, 'utf8')))
}

/**
 * Opens a file to put lines behind those that it has; half a line at its end is dropped. A file that is not there is
 * made.
 * @throws {InputError} where its folder is missing, it is a folder, or it may not be written.
 */
export async function openLines(path: string): Promise<Lines> {
  const file = await told(path, open(path, 'a+'))
  try {
    const { lines, bytes } = wholeLines(await told(path, file.readFile('utf8')))
    return {
      lines,
      append: appending(path, file, bytes),
      close: () => told(path, file.close()),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Nothing of the file is changed before the first line is put to it. */
function appending(path: string, file: FileHandle, bytes: number): Lines['append'] {
  let whole = false
  return async (line) => {
    if (!whole) await told(path, file.truncate(bytes))
    whole = true
    await told(path, file.appendFile(`${line}\n`))
  }
}

interface Whole {
  readonly lines: readonly string[]
  readonly half: string
  /** Of the whole lines. */
  readonly bytes: number
}

function wholeLines(text: string): Whole {
  const end = text.lastIndexOf('\n') + 1
  const whole = text.slice(0, end)
  return {
    lines: whole.split(/\r?\n/).slice(0, -1),
    half: text.slice(end),
    bytes: new TextEncoder().encode(whole).length,
  }
}

const told = telling(
  {
    ENOENT: ['it does not exist', 'Check the path; a relative one begins in the current folder.'],
    ENOTDIR: ['a part of the path is a file', 'Give another path.'],
    EISDIR: ['it is a folder', 'Give the path of a file.'],
    EACCES: ['permission is denied', 'Give a file that you may read and write.'],
    EROFS: ['the file system is read-only', 'Give a path elsewhere.'],
    ENOSPC: ['the disk is full', 'Make room; the same command goes on where it was stopped.'],
  },
  (path, problem, remedy, cause) =>
    new InputError({ problem: `${path}: ${problem}`, remedy }, { cause }),
)
