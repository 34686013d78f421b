import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, RuntimeError } from '../errors.js'
import { drivers, missingLibraries } from './failure.js'
import { cudaOf } from './libraries.js'
import { findCuda } from './load.js'
import { ownCuda } from './own-folder.js'
import { providerFiles, providerFits, runtimePackage } from './provider-files.js'

/** Where a provider goes, and the version that it must have: that of onnxruntime-node, to the last digit. */
export interface ProviderPlace {
  readonly folder: string
  readonly version: string
}

/**
 * The place beside ONNX Runtime in onnxruntime-node, whose main file is `entry`.
 * @throws {RuntimeError} where onnxruntime-node has no CUDA on this system, or is not whole.
 */
export async function providerPlace(
  entry: string,
  system = `${process.platform}-${process.arch}`,
): Promise<ProviderPlace> {
  if (system !== 'linux-x64')
    throw new RuntimeError({
      problem: `onnxruntime-node has CUDA on linux-x64 alone, and this is ${system}`,
      remedy: system.startsWith('win32')
        ? 'Run it in WSL 2, which is Linux to it; or take WebGPU (--provider webgpu).'
        : 'Take such a machine, or another provider (--provider webgpu).',
    })
  const { version, path, folder } = runtimePackage(entry)
  if (folder === undefined)
    throw new RuntimeError({
      problem: `${path} has no ONNX Runtime for this system, beside which its CUDA provider belongs`,
      remedy: 'Install it anew: npm install onnxruntime-node.',
    })
  return { folder, version }
}

/**
 * Looks whether files can be written, before anything is fetched.
 * @throws {InputError} where they cannot.
 */
export async function expectWritable(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      {
        problem: `${folder} cannot be written: ${error.code === 'EROFS' ? 'the file system is read-only' : 'permission is denied'}`,
        remedy:
          'Run this as whoever installed onnxruntime-node, or install onnxruntime-node in a project of your own.',
      },
      { cause: error },
    )
  })
}

/**
 * Looks whether a provider that is there is of another CUDA, and has all that it needs: it may be the one that this
 * machine's driver takes.
 * @throws {InputError} where it is.
 */
export function expectReplaceable(
  entry: string,
  { folder, version }: ProviderPlace,
  folders?: () => Iterable<string>,
): void {
  const { missing, libraries } = findCuda(entry, {}, folders)
  if (missing.length > 0 || missingLibraries(libraries)) return
  const cuda = cudaOf(join(folder, providerFiles.cuda))
  if (cuda === undefined || cuda === ownCuda || !providerFits(folder, version)) return
  throw new InputError({
    problem: `${folder} has a CUDA provider of ONNX Runtime ${version} already, for CUDA ${cuda}, and all that it needs is on this machine`,
    remedy: `Keep it; or put the one for CUDA ${ownCuda} in its place, which needs NVIDIA's driver ${drivers[ownCuda]} or later: heddle cuda install --replace.`,
  })
}
