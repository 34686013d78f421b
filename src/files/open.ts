import { readSync } from 'node:fs'
import { constants, type FileHandle, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InputError } from '../errors.js'
import { telling, type Words } from './told.js'

/** A file that is read a piece at a time, at any place: a `ByteSource` for the readers of weights. */
export interface OpenFile {
  /** The path as it was given. */
  readonly name: string
  /** In bytes, from 1. */
  readonly size: number
  /** Exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** Opens a file of the same folder, which is closed with this one. */
  sibling(name: string): Promise<OpenFile>
  close(): Promise<void>
}

/**
 * Opens a file for reading.
 * @throws {InputError} where there is none, where it is a folder, a device, a pipe or empty, or may not be read;
 * `read` does where the file has become shorter than it was.
 */
export async function openFile(path: string): Promise<OpenFile> {
  // A pipe would wait for its writer. Windows has no such flag, and no such pipes.
  const file = await told(path, open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)))
  try {
    const found = await told(path, file.stat())
    if (found.isDirectory()) throw unreadable(path, 'it is a folder', giveFile)
    if (!found.isFile()) throw unreadable(path, 'it is a device or a pipe', giveFile)
    if (found.size === 0) throw unreadable(path, 'it is empty', 'Fetch or save it again.')
    return opened(path, file, found.size)
  } catch (error) {
    await file.close()
    throw error
  }
}

function opened(path: string, file: FileHandle, size: number): OpenFile {
  const siblings: Promise<OpenFile>[] = []
  return {
    name: path,
    size,
    read: (offset, length) => readExactly(path, file, offset, length),
    sibling: (name) => {
      const sibling = openFile(join(dirname(path), name))
      siblings.push(sibling)
      return sibling
    },
    close: async () => {
      await file.close()
      // Those that could not be opened are closed.
      for (const sibling of await Promise.allSettled(siblings))
        if (sibling.status === 'fulfilled') await sibling.value.close()
    },
  }
}

/**
 * The first bytes of a file, fewer where it has no more; none of what is no file but a folder, a device or a pipe.
 * @throws {InputError} where there is none, or it may not be read.
 */
export async function startOf(path: string, most: number): Promise<Uint8Array> {
  const file = await told(path, open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)))
  try {
    const found = await told(path, file.stat())
    return await readExactly(path, file, 0, found.isFile() ? Math.min(most, found.size) : 0)
  } finally {
    await file.close()
  }
}

/** The system reads at most 2 GiB at a time, and less where it likes to. */
const mostAtOnce = 2 ** 30
/** Up to so many bytes, the way to another thread takes longer than the read: a network has thousands of them. */
const blocking = 2 ** 18

async function readExactly(
  path: string,
  file: FileHandle,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const most = Math.min(length - at, mostAtOnce)
    const read = async (): Promise<number> =>
      most <= blocking
        ? readSync(file.fd, bytes, at, most, offset + at)
        : (await file.read(bytes, at, most, offset + at)).bytesRead
    const bytesRead = await told(path, read())
    if (bytesRead === 0)
      throw unreadable(
        path,
        `it ends at byte ${offset + at}, and had more when it was opened`,
        'Wait until nobody writes to it, then try again.',
      )
    at += bytesRead
  }
  return bytes
}

const giveFile = 'Give the path of a file.'

function unreadable(path: string, problem: string, remedy: string, cause?: unknown): InputError {
  return new InputError({ problem: `${path} cannot be read: ${problem}`, remedy }, { cause })
}

/** What the system says of a path, in words, and what to do about it. */
const words: Words = {
  ENOENT: ['there is no such file', 'Check the path; a relative one begins in the current folder.'],
  ENOTDIR: ['a part of the path is a file', 'Check the path.'],
  EISDIR: ['it is a folder', giveFile],
  ENXIO: ['it is a device or a pipe', giveFile],
  EACCES: ['permission is denied', 'Give a file that you may read.'],
  EPERM: ['it is not permitted', 'Give a file that you may read.'],
  ELOOP: ['its links lead in a circle', giveFile],
  ENAMETOOLONG: ['its name is too long', 'Check the path.'],
  EMFILE: ['too many files are open', 'Close some, or allow more (ulimit -n).'],
  EIO: ['the disk fails', 'Copy the file to another disk.'],
  ERR_INVALID_ARG_VALUE: ['its name has a zero byte', 'Check the path.'],
}

const told = telling(words, unreadable)
