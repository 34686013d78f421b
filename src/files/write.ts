import { randomBytes } from 'node:crypto'
import { type FileHandle, open, realpath, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { InputError } from '../errors.js'
import { printBytes } from '../figures.js'
import type { Progress } from '../progress.js'
import { telling, type Words } from './told.js'

/** A file to be, and where its bytes come from. */
export interface FileToWrite {
  readonly path: string
  /** In bytes, where it is known: room is looked for before anything is written. */
  readonly size?: number
  readonly chunks: AsyncIterable<Uint8Array>
}

export interface WriteOptions {
  /** Files that are read meanwhile, and that none of those written may replace. */
  readonly reads?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
  /** What to do where there is no room, if the caller chose the place. */
  readonly noRoom?: string | undefined
}

/**
 * Writes files whole or not at all: each is written beside its place, and all are moved there when the last is
 * complete, in the order given, so that what names another file comes after it. A file that is there already
 * stays as it is until then; through a link, the file that it leads to is written, and the link stays.
 * @throws {InputError} where a folder is missing or cannot be written to, there is no room, or one is read.
 * @throws the signal's reason where it ends the work; no file is left then either.
 */
export async function writeFiles(
  files: readonly FileToWrite[],
  { reads = [], signal, progress, noRoom }: WriteOptions = {},
): Promise<void> {
  await expectOthers(
    files.map(({ path }) => path),
    reads,
  )
  const total = files.reduce((sum, { size = 0 }) => sum + size, 0)
  // What the last one is called is what was asked for; others go beside it.
  const last = files.at(-1)
  if (last) await expectRoom(last.path, total, noRoom)
  let done = 0
  const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      yield chunk
      done += chunk.length
      progress?.({ phase: 'write', done, total })
    }
  }
  const moves: { readonly path: string; readonly from: string; readonly to: string }[] = []
  const made = new Set<string>()
  try {
    for (const { path, chunks } of files) {
      const to = await placeOf(path)
      const from = join(dirname(to), `.heddle-${randomBytes(6).toString('hex')}`)
      made.add(from)
      moves.push({ path, from, to })
      await writeWhole(path, from, counted(chunks), signal)
    }
    signal?.throwIfAborted()
    for (const { path, from, to } of moves) {
      await told(path, rename(from, to))
      made.add(to)
    }
  } catch (error) {
    // Where there is nothing to remove, or no way to, what went wrong before is what matters.
    await Promise.allSettled([...made].map((path) => rm(path, { force: true })))
    throw error
  }
}

/** What is read is no place for what is made of it. */
async function expectOthers(paths: readonly string[], reads: readonly string[]): Promise<void> {
  const real = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined)
  const read = new Set(await Promise.all(reads.map(real)))
  for (const path of paths) {
    const place = await real(path)
    if (place !== undefined && read.has(place))
      throw new InputError({
        problem: `${path} is a file that is read`,
        remedy: 'Give the path of another.',
      })
  }
}

/**
 * Refuses before anything is written; what fills up meanwhile, the writing finds.
 * @throws {InputError} where the disk of a path has less room than that.
 */
export async function expectRoom(
  path: string,
  bytes: number,
  remedy = 'Make room, or write it elsewhere.',
): Promise<void> {
  // A folder that is missing is told of where the file is opened.
  const disk = await statfs(dirname(path)).catch(() => undefined)
  // Some file systems do not count.
  if (!disk?.blocks) return
  const free = disk.bavail * disk.bsize
  if (bytes > free)
    throw new InputError({
      problem: `${path} takes ${printBytes(bytes)}, and ${printBytes(free)} are free there`,
      remedy,
    })
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
    await told(path, file.close())
  }
}

/** A write may take a part only. */
async function writeAll(path: string, file: FileHandle, chunk: Uint8Array): Promise<void> {
  let at = 0
  while (at < chunk.length) at += (await told(path, file.write(chunk, at))).bytesWritten
}

/** Where a path leads, if anything is there; never to a folder or a device, which a file would replace. */
async function placeOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (!found && !path.endsWith('/') && !path.endsWith(sep)) return path
  if (!found?.isFile()) {
    const device = found && !found.isDirectory()
    throw new InputError({
      problem: `${path} is ${device ? 'a device or a pipe' : 'a folder'}`,
      remedy: 'Give the path of a file.',
    })
  }
  return await told(path, realpath(path))
}

/** What the system says of a path, in words, and what to do about it. */
const words: Words = {
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

const told = telling(
  words,
  (path, problem, remedy, cause) =>
    new InputError({ problem: `${path} cannot be written: ${problem}`, remedy }, { cause }),
)
