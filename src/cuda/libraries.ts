import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileHolds, readSharedLibrary } from './elf.js'
import type { CudaOptions } from './options.js'
import { ownCuda } from './own-folder.js'
import { ownPlace, type Place, placesOf, systemFolders } from './places.js'

/** One of CUDA's libraries that the provider needs: where it was found, or why it is of no use. */
export interface CudaLibrary {
  /** As the loader knows it: `libcublas.so.13`. */
  readonly name: string
  readonly path: string | undefined
  /** In which of the places that are looked through. */
  readonly place: string | undefined
  /** Why it does not serve; `undefined` where nothing is known against it. */
  readonly problem: string | undefined
}

/** cuDNN's own parts, which it loads when it is first used; where one is missing, it ends the process. */
const cudnnParts = [
  'graph',
  'ops',
  'cnn',
  'adv',
  'engines_precompiled',
  'engines_runtime_compiled',
  'heuristic',
]

/** It comes with NVIDIA's driver, and with nothing else. */
export const driverLibrary = 'libcuda.so.1'

/** What the provider of the wheel `onnxruntime-gpu` needs, which `heddle cuda install` brings. */
const usual = [
  'libcublasLt.so.13',
  'libcublas.so.13',
  'libcurand.so.10',
  'libcudart.so.13',
  driverLibrary,
]

/** Loaded at the first convolution, so that no provider states it. */
const cudnn = 'libcudnn.so.9'

/**
 * CUDA's libraries that a provider file needs, in the order in which they are to be loaded: by its own word, by that
 * of what it needs, and what cuDNN loads by itself. Without a file, those that the wheel's needs. `system` gives the
 * folders that are looked through last.
 */
export function findLibraries(
  provider: string | undefined,
  beside: string,
  options: CudaOptions,
  system: () => Iterable<string> = systemFolders,
): readonly CudaLibrary[] {
  const found = new Map<string, CudaLibrary>()
  const own = provider === undefined || cudaOf(provider) === ownCuda
  const places = (): Iterable<Place> => placesOf(beside, options, system, own)
  let sought: readonly string[] = [...(provider ? ofCuda(provider) : usual), cudnn]
  while (sought.length > 0) {
    const round = lookFor(sought, places())
    for (const library of round) found.set(library.name, library)
    sought = [...new Set(round.flatMap(leadsTo))].filter((name) => !found.has(name))
  }
  // cuDNN does without it until it compiles an engine: it is no fault that it is missing, and loaded where it is not.
  const compiler = compilerOf([...found.values()])
  for (const library of lookFor([compiler], places()))
    if (library.problem === undefined) found.set(compiler, library)
  return inOrder(found)
}

/** The libraries that are to be brought: all that do not serve but the driver, and cuDNN's compiler. */
export function missingNames(libraries: readonly CudaLibrary[]): readonly string[] {
  const compiler = compilerOf(libraries)
  const serving = libraries.filter(({ problem }) => problem === undefined)
  const missing = [...new Set([...libraries.map(({ name }) => name), compiler])].filter(
    (name) => name !== driverLibrary && !serving.some((library) => library.name === name),
  )
  const tells = (name: string): boolean => name.endsWith(`.so.${cudaVersion(libraries) ?? ownCuda}`)
  if (!missing.some((name) => tells(name) && name !== compiler)) return missing
  // libcudnn.so.9 is the name in CUDA 12 and 13: it is of another CUDA where those that tell theirs are missing.
  const others = serving.filter(({ name, place }) => !tells(name) && place !== ownPlace)
  return [...missing, ...others.map(({ name }) => name)].filter((name) => name !== driverLibrary)
}

/**
 * Those that are missing where one of them must be brought; none where cuDNN's compiler alone is missing, which is no
 * fault.
 */
export function neededNames(libraries: readonly CudaLibrary[]): readonly string[] {
  const missing = missingNames(libraries)
  return missing.some((name) => name !== compilerOf(libraries)) ? missing : []
}

/** NVRTC, by which cuDNN and cuBLAS compile kernels while they run; none of them states it. */
function compilerOf(libraries: readonly CudaLibrary[]): string {
  return `libnvrtc.so.${cudaVersion(libraries) ?? ownCuda}`
}

/** The CUDA that a provider is of, by its own word. */
export function cudaOf(provider: string): number | undefined {
  return cudaVersion(ofCuda(provider).map((name) => ({ name })))
}

/** The CUDA that a provider or its libraries are of, by the name of libcudart. */
export function cudaVersion(libraries: readonly { readonly name: string }[]): number | undefined {
  for (const { name } of libraries) {
    const [, version] = /^libcudart\.so\.(\d+)/.exec(name) ?? []
    if (version) return Number(version)
  }
  return undefined
}

function ofCuda(path: string): readonly string[] {
  return (readSharedLibrary(path)?.needed ?? []).filter((name) => /^lib(?:cu|nv)/.test(name))
}

function leadsTo({ name, path, problem }: CudaLibrary): readonly string[] {
  if (path === undefined || problem !== undefined) return []
  // A cuDNN that is one library names no parts.
  const parts = name === cudnn && fileHolds(path, 'libcudnn_graph.so') ? cudnnParts : []
  return [...ofCuda(path), ...parts.map((part) => `libcudnn_${part}.so.9`)]
}

/** What a library needs goes before it, since the loader looks into no folder of ours. The driver goes first. */
function inOrder(found: ReadonlyMap<string, CudaLibrary>): readonly CudaLibrary[] {
  const ordered = new Set<CudaLibrary>()
  const visiting = new Set<string>()
  const visit = (name: string): void => {
    const library = found.get(name)
    if (!library || visiting.has(name)) return
    visiting.add(name)
    if (library.path !== undefined && library.problem === undefined)
      for (const needed of ofCuda(library.path)) visit(needed)
    ordered.add(library)
  }
  for (const name of [driverLibrary, ...found.keys()]) visit(name)
  return [...ordered]
}

/** The first of each name that is for this machine. Places are made only as far as they are needed. */
function lookFor(names: readonly string[], places: Iterable<Place>): readonly CudaLibrary[] {
  const found = new Map<string, CudaLibrary>()
  const serves = (name: string): boolean =>
    found.has(name) && found.get(name)?.problem === undefined
  for (const { folder, from } of places) {
    for (const name of names) {
      const path = join(folder, name)
      if (serves(name) || !existsSync(path)) continue
      const problem = unfit(path)
      if (problem === undefined || !found.has(name))
        found.set(name, { name, path, place: from, problem })
    }
    if (names.every(serves)) break
  }
  return names.map(
    (name) =>
      found.get(name) ?? { name, path: undefined, place: undefined, problem: 'it was not found' },
  )
}

function unfit(path: string): string | undefined {
  try {
    const library = readSharedLibrary(path)
    if (!library) return 'it is no shared library, or is cut short'
    return library.machine === process.arch
      ? undefined
      : `it is for ${library.machine}, and this Node.js for ${process.arch}`
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`
  }
}
