import { elementCount } from '../compiler/dimension.js'
import { InputError } from '../errors.js'
import { writeFiles } from '../files/write.js'
import type { Progress } from '../progress.js'
import type { StoredTensor, StoredType } from '../weights/formats/tensor-file.js'
import { readBytes, readValues } from '../weights/formats/values.js'
import { safetensorsOf, type TensorToWrite } from '../weights/formats/write-safetensors.js'
import { type Checkpoint, type CheckpointOptions, openCheckpoint } from './open.js'

export interface ConvertOptions extends CheckpointOptions {
  /** Whether floats of other widths become float32; else each tensor keeps its type (false). */
  readonly float32?: boolean | undefined
  readonly progress?: Progress | undefined
}

export interface ConvertReport extends Pick<Checkpoint, 'format' | 'container' | 'layout'> {
  readonly path: string
  /** Of what was written. */
  readonly bytes: number
  /** How many tensors were. */
  readonly tensors: number
}

const floats: readonly StoredType[] = ['float64', 'float16', 'bfloat16']

/**
 * Writes the tensors of a file of weights as safetensors, whole or not at all: their names as they stand, row by row,
 * one at a time. What is not a tensor (an optimizer's numbers, an epoch) stays behind.
 * @throws {InputError} as `openCheckpoint` does, where the output is a file that is read, or there is no room.
 */
export async function convertCheckpoint(
  input: string,
  output: string,
  { float32 = false, progress, ...options }: ConvertOptions = {},
): Promise<ConvertReport> {
  const checkpoint = await openCheckpoint(input, options)
  try {
    const { files, format, container, layout, tensors } = checkpoint
    const file = safetensorsOf(tensors.map((tensor) => toWrite(input, tensor, float32)))
    const { size, chunks } = file
    await writeFiles([{ path: output, size, chunks: chunks() }], {
      reads: files,
      signal: options.signal,
      progress,
    })
    return { path: output, bytes: size, tensors: tensors.length, format, container, layout }
  } finally {
    await checkpoint.close()
  }
}

function toWrite(file: string, tensor: StoredTensor, float32: boolean): TensorToWrite {
  const { name, shape, type } = tensor
  // What safetensors calls its own metadata.
  if (name === '__metadata__')
    throw new InputError({
      problem: `${file} has a tensor ${name}, a name that safetensors keeps for itself`,
      remedy: 'Rename it in PyTorch first.',
    })
  if (!float32 || !floats.includes(type))
    return { name, shape, type, pieces: () => readBytes(tensor) }
  return { name, shape, type: 'float32', pieces: () => asFloat32(file, tensor) }
}

async function* asFloat32(file: string, tensor: StoredTensor): AsyncGenerator<Uint8Array> {
  if (elementCount(tensor.shape) === 0) return
  const values = await readValues(tensor)
  if (tensor.type === 'float64') await expectWithinFloat32(file, tensor, values)
  yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** An infinity that float64 did not have. */
async function expectWithinFloat32(
  file: string,
  tensor: StoredTensor,
  values: Float32Array,
): Promise<void> {
  if (values.every((value) => Number.isFinite(value) || Number.isNaN(value))) return
  let at = 0
  for await (const piece of readBytes(tensor)) {
    const { buffer, byteOffset, length } = piece
    const view = new DataView(buffer, byteOffset, length)
    for (let byte = 0; byte < length; byte += 8, at++) {
      const wide = view.getFloat64(byte, true)
      if (Number.isFinite(wide) && !Number.isFinite(values[at] as number))
        throw new InputError({
          problem: `${file}: ${tensor.name} holds ${wide} at ${at}, and float32 reaches to 3.4e38`,
          remedy: 'Leave it as it is: without --dtype float32.',
        })
    }
  }
}
