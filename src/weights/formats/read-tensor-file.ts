import type { ByteSource } from './bytes.js'
import { damaged } from './damaged.js'
import { readSafetensors } from './safetensors.js'
import { type OpenSibling, readSharded } from './sharded.js'
import { lookOf } from './signatures.js'
import type { StoredTensor, TensorFile } from './tensor-file.js'
import { isTorchLegacy, readTorchLegacy } from './torch-legacy.js'
import { readTorchZip } from './torch-zip.js'

export interface TensorFileOptions {
  /** Opens the files that an index of several files names; without it, an index is refused. */
  readonly sibling?: OpenSibling | undefined
}

/**
 * Reads the table of contents of a file of tensors: safetensors (one file, or the index of several), or what
 * `torch.save` writes. Which it is, its bytes tell, never its name. Nothing in a file is run, and sizes and offsets
 * are checked against it before anything is made of them.
 * @throws {InputError} where the file is none of these, is damaged, or asks for code; a container of tensors that
 * heddle does not read is there, as refused.
 */
export async function readTensorFile(
  source: ByteSource,
  { sibling }: TensorFileOptions = {},
): Promise<TensorFile> {
  if (source.size === 0) throw damaged(source, 'it is empty')
  const start = await source.read(0, Math.min(source.size, 1024))
  if (isSafetensors(start)) return safetensors(await readSafetensors(source))
  if (/^\s*\{/.test(new TextDecoder().decode(start)))
    return safetensors(await readSharded(source, sibling))
  if (zipStart.every((byte, i) => start[i] === byte)) return await readTorchZip(source)
  if (isTorchLegacy(start)) return await readTorchLegacy(source)
  const { what, remedy } = lookOf(start)
  throw damaged(source, `no file of tensors; it is ${what}`, remedy)
}

const zipStart = [0x50, 0x4b, 0x03, 0x04]

/** A `{` behind 8 bytes that are no text. */
function isSafetensors(start: Uint8Array): boolean {
  return start[8] === 0x7b && start.subarray(0, 8).some((byte) => byte < 9 || byte > 0x7e)
}

function safetensors(tensors: readonly StoredTensor[]): TensorFile {
  return { format: 'safetensors', containers: [{ name: '', tensors }], others: [] }
}
