import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { type Complaint, RuntimeError } from '../errors.js'
import { missingLibraries } from './failure.js'
import { type CudaLibrary, findLibraries } from './libraries.js'
import type { CudaOptions } from './options.js'
import { systemFolders } from './places.js'
import { missingProviderFiles, providerFiles, runtimePackage } from './provider-files.js'

/** Where all that CUDA needs is, before anything is loaded. */
export interface FoundCuda {
  readonly folder: string | undefined
  /** Those of the provider's own files that are missing. */
  readonly missing: readonly string[]
  readonly libraries: readonly CudaLibrary[]
}

/** Looks for the provider's files, and for the libraries that they need. */
export function findCuda(
  entry: string,
  options: CudaOptions,
  system: () => Iterable<string> = systemFolders,
): FoundCuda {
  const { folder } = runtimePackage(entry)
  if (folder === undefined) return { folder, missing: Object.values(providerFiles), libraries: [] }
  const missing = missingProviderFiles(folder)
  const provider = join(folder, providerFiles.cuda)
  return {
    folder,
    missing,
    libraries: findLibraries(existsSync(provider) ? provider : undefined, folder, options, system),
  }
}

let loaded = false

/**
 * Finds CUDA's libraries and loads them, so that ONNX Runtime's provider needs no LD_LIBRARY_PATH; in any thread.
 * What was loaded first stays for the life of the process, whatever is asked for later.
 * @throws {RuntimeError} naming what is missing, or does not load, and what brings it.
 */
export function loadCuda(
  entry: string,
  options: CudaOptions,
  system: () => Iterable<string> = systemFolders,
): void {
  if (loaded) return
  const found = findCuda(entry, options, system)
  const wrong = expectFound(found, options)
  if (wrong) throw new RuntimeError(wrong)
  // All of them were found, or it would have been told.
  const libraries = found.libraries.map((library) => ({
    ...library,
    problem: loadLibrary(library.path as string),
  }))
  const unusable = missingLibraries(libraries)
  if (unusable) throw new RuntimeError(unusable)
  loaded = true
}

/** For all libraries that are loaded later, and for good: Node closes what is no addon of its own otherwise. */
const flags = constants.dlopen.RTLD_LAZY | constants.dlopen.RTLD_GLOBAL | 0x1000

/** Why a library does not load; nothing where it does. One that ends the process while it loads is not survived. */
export function loadLibrary(path: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, path, flags)
  } catch (error) {
    const { message } = error as Error
    // What Node says of a library that did load, and is no addon.
    if (!message.startsWith('Module did not self-register')) return `it does not load: ${message}`
  }
  return undefined
}

function expectFound(found: FoundCuda, { folder }: CudaOptions): Complaint | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return {
      problem: `onnxruntime-node runs on CUDA on linux-x64 alone, and this is ${process.platform}-${process.arch}`,
      remedy: 'Run it on webgpu or cpu (--provider), or on Linux.',
    }
  if (found.folder === undefined)
    return {
      problem: 'onnxruntime-node has no library for this system',
      remedy: 'Install it anew: npm install onnxruntime-node.',
    }
  if (folder !== undefined && !existsSync(folder))
    return {
      problem: `there is no folder ${folder}, in which CUDA's libraries were to be`,
      remedy: 'Give the folder that has libcudart (--cuda-folder).',
    }
  if (found.missing.length > 0)
    return {
      problem: `ONNX Runtime's CUDA provider is not installed: no ${found.missing.join(', no ')} in ${found.folder}`,
      remedy: 'Install it: heddle cuda install.',
    }
  return missingLibraries(found.libraries)
}
