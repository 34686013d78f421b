import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InputError, RuntimeError } from '../errors.js'
import { runtimePackage } from './provider-files.js'

/** Where a provider goes, and the version that it must have: that of onnxruntime-node, to the last digit. */
export interface Place {
  readonly folder: string
  readonly version: string
}

/**
 * The place beside ONNX Runtime in onnxruntime-node, whose main file is `entry`.
 * @throws {RuntimeError} where onnxruntime-node has no CUDA on this system, or is not whole.
 */
export async function placeOf(
  entry: string,
  system = `${process.platform}-${process.arch}`,
): Promise<Place> {
  if (system !== 'linux-x64')
    throw new RuntimeError({
      problem: `onnxruntime-node has CUDA on linux-x64 alone, and this is ${system}`,
      remedy: system.startsWith('win32')
        ? 'Run it in WSL 2, which is Linux to it; or take WebGPU (--provider webgpu).'
        : 'Take such a machine, or another provider (--provider webgpu).',
    })
  const { version, libraries } = runtimePackage(entry)
  if (libraries === undefined)
    throw new RuntimeError({
      problem: `${dirname(dirname(entry))} has no ONNX Runtime for this system, beside which its CUDA provider belongs`,
      remedy: 'Install it anew: npm install onnxruntime-node.',
    })
  return { folder: libraries, version }
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
