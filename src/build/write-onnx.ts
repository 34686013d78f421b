import { basename } from 'node:path'
import { type WriteOptions as FileWriteOptions, writeFiles } from '../files/write.js'
import type { Emission } from '../onnx/emit.js'
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

export interface WriteOptions extends FileWriteOptions {
  readonly external?: boolean | undefined
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
 * @throws {InputError} where it is too large for one file, or for the disk, or takes the place of what is read.
 */
export async function writeLowered(
  lowered: Lowered,
  path: string,
  { external, ...options }: WriteOptions,
): Promise<Written> {
  const whole = lowered.emission()
  const dataPath = keepsApart(path, whole.size, external) ? `${path}.data` : undefined
  const emission = dataPath === undefined ? whole : lowered.emission(basename(dataPath))
  const bytes = emission.size + emission.dataSize
  const data =
    dataPath === undefined
      ? []
      : [{ path: dataPath, size: emission.dataSize, chunks: emission.data(lowered.read) }]
  const file = { path, size: emission.size, chunks: emission.model(lowered.read) }
  await writeFiles([...data, file], options)
  return { path, dataPath, bytes, emission }
}
