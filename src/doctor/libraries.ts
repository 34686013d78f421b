import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CudaLibrary } from '../cuda/libraries.js'

const child = fileURLToPath(new URL('./libraries-child.js', import.meta.url))

/** From a cold disk they take their time: they have a gigabyte and more. */
const limit = 120_000

/**
 * Loads the libraries that were found, in their order, and tells why where one does not load: in a process of its own,
 * since one that is damaged may end the process that loads it. The others are then loaded without it.
 */
export function loadedLibraries(libraries: readonly CudaLibrary[]): readonly CudaLibrary[] {
  const paths = libraries.flatMap(({ path, problem }) =>
    path === undefined || problem !== undefined ? [] : [path],
  )
  const problems = new Map<string, string>()
  for (;;) {
    const left = paths.filter((path) => !problems.has(path))
    const { told, ending } = loadInChild(left)
    const culprit = left[told.length]
    if (culprit !== undefined) {
      problems.set(culprit, `it ended the process that loaded it (${ending})`)
      continue
    }
    for (const [i, problem] of told.entries()) if (problem) problems.set(left[i] as string, problem)
    return libraries.map((library) => ({
      ...library,
      problem: library.problem ?? problems.get(library.path ?? ''),
    }))
  }
}

interface Loading {
  /** Of each library that was loaded or refused: why, or null. */
  readonly told: readonly (string | null)[]
  /** What ended the process. */
  readonly ending: string
}

function loadInChild(paths: readonly string[]): Loading {
  if (paths.length === 0) return { told: [], ending: '' }
  // The caller's own (loaders, the inspector) are no concern of this process.
  const { NODE_OPTIONS: _, ...env } = process.env
  const { output, signal, status } = spawnSync(process.execPath, [child, ...paths], {
    env,
    encoding: 'utf8',
    // What libraries print is none of the answer.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    timeout: limit,
    killSignal: 'SIGKILL',
  })
  const lines = (output[3] ?? '').split('\n').slice(0, -1)
  return { told: lines.map((line) => JSON.parse(line)), ending: signal ?? `${status}` }
}
