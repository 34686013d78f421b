import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors.js'

/** A file to be, and where its bytes come from. */
export interface FileToWrite {
  readonly path: string
  readonly chunks: AsyncIterable<Uint8Array>
}

/**
 * Writes files whole or not at all: each is written beside its place, and all are moved there when the last is
 * complete, in the order given, so that what names another file comes after it.
 * @throws {InputError} where a folder is missing or cannot be written to, or the disk is full.
 * @throws the signal's reason where it ends the work; no file is left then either.
 */
export async function writeFiles(
  files: readonly FileToWrite[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const beside: string[] = []
  try {
    for (const { path, chunks } of files) {
      await expectFile(path)
      const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
      beside.push(temporary)
      await writeWhole(path, temporary, chunks, signal)
    }
    signal?.throwIfAborted()
    for (const [i, { path }] of files.entries()) await told(path, rename(beside[i] as string, path))
  } catch (error) {
    // What could not be made cannot always be removed; the first error is the one to tell.
    await Promise.allSettled(beside.map((path) => rm(path, { force: true })))
    throw error
  }
}

async function writeWhole(
  path: string,
  temporary: string,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await told(path, open(temporary, 'wx'))
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted()
      await writeAll(path, file, chunk)
    }
    await told(path, file.sync())
  } finally {
    await file.close()
  }
}

/** A write may take a part only. */
async function writeAll(path: string, file: FileHandle, chunk: Uint8Array): Promise<void> {
  let at = 0
  while (at < chunk.length) at += (await told(path, file.write(chunk, at))).bytesWritten
}

async function expectFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found ? found.isFile() : !path.endsWith('/')) return
  // A device would be replaced by a file, not written to.
  const device = found && !found.isDirectory()
  throw new InputError({
    problem: `${path} is ${device ? 'a device or a pipe' : 'a folder'}`,
    remedy: 'Give the path of a file.',
  })
}

/** What the system says of a path, in words, and what to do about it. */
const words: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOENT: ['its folder does not exist', 'Make the folder first, or write elsewhere.'],
  ENOTDIR: ['a part of the path is a file', 'Write elsewhere.'],
  EACCES: ['permission is denied', 'Write to a folder that you may write to.'],
  EPERM: ['it is not permitted', 'Write to a folder that you may write to.'],
  EROFS: ['the file system is read-only', 'Write elsewhere.'],
  ENOSPC: ['the disk is full', 'Make room, or write elsewhere.'],
  EDQUOT: ['your share of the disk is full', 'Make room, or write elsewhere.'],
  EFBIG: ['it is too large for the file system', 'Keep the weights in a file of their own.'],
  ENAMETOOLONG: ['its name is too long', 'Give a shorter name.'],
}

async function told<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const [problem, remedy] = words[(error as NodeJS.ErrnoException).code ?? ''] ?? []
    if (problem === undefined || remedy === undefined) throw error
    throw new InputError(
      { problem: `${path} cannot be written: ${problem}`, remedy },
      { cause: error },
    )
  }
}
