import { lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expectWritable, placeOf } from './place.js'
import { providerFiles } from './provider-files.js'
import { receiptName } from './receipt.js'

export interface RemoveReport {
  readonly folder: string
  /** The names of the files that were there. */
  readonly removed: readonly string[]
}

/**
 * Takes the CUDA provider away again, wherever it came from; of a link, the link.
 * @param entry the main file of onnxruntime-node
 * @throws {RuntimeError} where onnxruntime-node has no CUDA on this system.
 * @throws {InputError} where the folder cannot be written.
 */
export async function removeProvider(entry: string, system?: string): Promise<RemoveReport> {
  const { folder } = await placeOf(entry, system)
  await expectWritable(folder)
  const removed: string[] = []
  for (const name of Object.values(providerFiles)) {
    const path = join(folder, name)
    if (!(await lstat(path).catch(() => undefined))) continue
    await rm(path)
    removed.push(name)
  }
  await rm(join(folder, receiptName), { force: true })
  return { folder, removed }
}
