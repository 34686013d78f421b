import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ownFolder } from './own-folder.js'
import { expectWritable, providerPlace } from './place.js'
import { providerFiles } from './provider-files.js'
import { receiptName } from './receipt.js'

export interface RemoveReport {
  readonly folder: string
  /** The names of the files that were there. */
  readonly removed: readonly string[]
  /** Of CUDA's libraries that heddle fetched: nothing where they are kept, or there are none. */
  readonly libraries: { readonly folder: string; readonly removed: readonly string[] } | undefined
}

export interface RemoveOptions {
  /** Whether CUDA's libraries that heddle fetched stay: other projects of the user's find them too. */
  readonly keepLibraries?: boolean | undefined
  /** The platform and architecture (of this machine). */
  readonly system?: string | undefined
}

/**
 * Takes the CUDA provider away again, wherever it came from; of a link, the link. With it go CUDA's libraries that
 * heddle fetched.
 * @param entry the main file of onnxruntime-node
 * @throws {RuntimeError} where onnxruntime-node has no CUDA on this system.
 * @throws {InputError} where the folder cannot be written.
 */
export async function removeProvider(
  entry: string,
  { keepLibraries, system }: RemoveOptions = {},
): Promise<RemoveReport> {
  const { folder } = await providerPlace(entry, system)
  await expectWritable(folder)
  const removed: string[] = []
  for (const name of Object.values(providerFiles)) {
    const path = join(folder, name)
    if (!(await lstat(path).catch(() => undefined))) continue
    await rm(path)
    removed.push(name)
  }
  await rm(join(folder, receiptName), { force: true })
  return { folder, removed, libraries: keepLibraries ? undefined : await removeLibraries() }
}

async function removeLibraries(): Promise<RemoveReport['libraries']> {
  const folder = ownFolder()
  const names = await readdir(folder).catch(() => undefined)
  if (!names) return undefined
  await rm(folder, { recursive: true })
  return { folder, removed: names.sort() }
}
