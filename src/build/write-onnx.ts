import { statfs } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { printBytes } from '../analysis/figures.js'
import { InputError } from '../errors.js'
import { writeFiles } from '../files/write.js'
import type { Emission } from '../onnx/emit.js'
import type { Progress } from '../progress.js'
import { expectOneMessage, type Lowered } from './to-onnx.js'

/** Past this a file's weights go beside it. */
export const oneFile: number = 1.5 * 2 ** 30

/**
 * Whether the weights of a model go into a file of their own, from the size that it would have in one.
 * @throws {InputError} where one file is asked for and cannot hold it.
 */
export function keepsApart(path: string, size: number, asked?: boolean): boolean {
  const apart = asked ?? size > oneFile
  if (!apart) expectOneMessage(path, size, 'Let the weights go into a file of their own.')
  return apart
}

export interface WriteOptions {
  readonly external?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
}

export interface Written {
  readonly path: string
  readonly dataPath: string | undefined
  /** Of both files. */
  readonly bytes: number
  readonly emission: Emission
}

/**
 * Writes a model to `path`, and its weights to `{path}.data` where they are to be apart.
 * @throws {InputError} where it is too large for one file, or for the disk.
 */
export async function writeLowered(
  lowered: Lowered,
  path: string,
  { external, signal, progress }: WriteOptions,
): Promise<Written> {
  const whole = lowered.emission()
  const dataPath = keepsApart(path, whole.size, external) ? `${path}.data` : undefined
  const emission = dataPath === undefined ? whole : lowered.emission(basename(dataPath))
  const bytes = emission.size + emission.dataSize
  await expectRoom(path, bytes)
  let done = 0
  const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      yield chunk
      done += chunk.length
      progress?.({ phase: 'write', done, total: bytes })
    }
  }
  await writeFiles(
    [
      ...(dataPath === undefined
        ? []
        : [{ path: dataPath, chunks: counted(emission.data(lowered.read)) }]),
      { path, chunks: counted(emission.model(lowered.read)) },
    ],
    { signal },
  )
  return { path, dataPath, bytes, emission }
}

/** Refuses before anything is written; what fills up meanwhile, the writing finds. */
async function expectRoom(path: string, bytes: number): Promise<void> {
  // A folder that is missing is told of where the file is opened.
  const disk = await statfs(dirname(path)).catch(() => undefined)
  // Some file systems do not count.
  if (!disk?.blocks) return
  const free = disk.bavail * disk.bsize
  if (bytes > free)
    throw new InputError({
      problem: `${path} takes ${printBytes(bytes)}, and ${printBytes(free)} are free there`,
      remedy: 'Make room, or write it elsewhere.',
    })
}
