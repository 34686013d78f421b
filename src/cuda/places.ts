import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import type { CudaOptions } from './options.js'
import { ownFolder } from './own-folder.js'
import { foldersIn, librariesOf, pythonFolders } from './python.js'

/** How what heddle fetched is told of. */
export const ownPlace = "heddle's own folder"

/** A folder that is looked through for libraries. */
export interface Place {
  readonly folder: string
  /** How it was come by. */
  readonly from: string
}

/** Where libraries are looked for, in this order; `own` for what heddle fetched too. */
export function* placesOf(
  beside: string,
  { folder }: CudaOptions,
  system: () => Iterable<string>,
  own: boolean,
): Generator<Place> {
  if (folder !== undefined) {
    const given = resolve(folder)
    const within = foldersIn(given).map((name) => join(name, 'lib'))
    const folders = ['.', 'lib', 'lib64', ...within].map((each) => join(given, each))
    for (const each of [...folders, ...librariesOf([given])])
      yield { folder: each, from: 'the folder that was given' }
  }
  yield { folder: beside, from: 'beside onnxruntime-node' }
  // Before what is set for all programs, which may be of another CUDA under the same names.
  if (own) yield { folder: ownFolder(), from: ownPlace }
  for (const each of (process.env.LD_LIBRARY_PATH ?? '').split(':'))
    if (each !== '') yield { folder: each, from: 'LD_LIBRARY_PATH' }
  for (const { folder: each, from } of pythonFolders())
    yield { folder: each, from: `Python (${from})` }
  for (const each of system()) yield { folder: each, from: 'the system' }
}

/** Where drivers, distributions and NVIDIA's own installers put them. */
export function* systemFolders(): Generator<string> {
  // Under WSL the driver is Windows' own; what a distribution may have put elsewhere does not work.
  yield '/usr/lib/wsl/lib'
  yield* loaderFolders()
  for (const name of foldersIn('/usr/local'))
    if (/^cuda/.test(name)) yield join('/usr/local', name, 'lib64')
  for (const folder of ['x86_64-linux-gnu', 'aarch64-linux-gnu']) yield join('/usr/lib', folder)
  yield* ['/usr/lib64', '/usr/local/nvidia/lib64', '/usr/local/nvidia/lib']
}

/** The folders of the loader's cache that have CUDA's libraries. */
function loaderFolders(): readonly string[] {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const found = (stdout ?? '').matchAll(/^\s*lib(?:cu|nv)\S+ \(.*\) => (\/.*)\/[^/]+$/gm)
  return [...new Set([...found].map(([, folder]) => folder as string))]
}
