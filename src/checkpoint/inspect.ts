import type { Checkpoint, CheckpointOptions } from './open.js'
import { openCheckpoint } from './open.js'

/** What is in a file of weights. */
export interface Inspection
  extends Pick<
    Checkpoint,
    'file' | 'bytes' | 'format' | 'container' | 'containers' | 'layout' | 'notes'
  > {
  /** Of the container, in the order of the file. */
  readonly tensors: readonly {
    readonly name: string
    readonly shape: readonly number[]
    /** As the file has it: `float32`, `int64`. */
    readonly dtype: string
  }[]
  readonly fits: ReturnType<Checkpoint['fits']>
}

/**
 * What a file of weights holds, and which networks of the zoo it fits.
 * @throws {InputError} as `openCheckpoint` does.
 */
export async function inspectCheckpoint(
  path: string,
  options: CheckpointOptions = {},
): Promise<Inspection> {
  const checkpoint = await openCheckpoint(path, options)
  try {
    const { file, bytes, format, container, containers, layout, notes } = checkpoint
    const tensors = checkpoint.tensors.map(({ name, shape, type }) => ({
      name,
      shape,
      dtype: type,
    }))
    const fits = checkpoint.fits()
    return { file, bytes, format, container, containers, layout, notes, tensors, fits }
  } finally {
    await checkpoint.close()
  }
}
