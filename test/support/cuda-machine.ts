import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { writeElf } from './elf.js'
import { scratch } from './heddle.js'

/** CUDA in a folder, made of headers alone: what each library needs, as NVIDIA's do. */
export const cuda13: Readonly<Record<string, readonly string[]>> = {
  'libcuda.so.1': ['libc.so.6'],
  'libcudart.so.13': ['libc.so.6'],
  'libcublasLt.so.13': ['libc.so.6'],
  'libcublas.so.13': ['libcublasLt.so.13'],
  'libcurand.so.10': ['libcudart.so.13'],
  'libcudnn.so.9': ['libc.so.6'],
}

export interface CudaMachine {
  /** What `import 'onnxruntime-node'` would load. */
  readonly entry: string
  /** Where its library is, and the provider's files belong. */
  readonly beside: string
  /** An empty folder. */
  readonly folder: string
}

/** A package onnxruntime-node without its library; the files of a provider beside it, of this version of CUDA. */
export function cudaMachine(t: Test, provider?: readonly string[]): CudaMachine {
  const root = scratch(t)
  const [beside, folder] = [
    join(root, 'bin', 'napi-v6', process.platform, process.arch),
    join(root, 'libraries'),
  ]
  for (const each of [beside, folder, join(root, 'dist')]) mkdirSync(each, { recursive: true })
  writeFileSync(join(root, 'package.json'), '{ "version": "1.30.0" }')
  writeFileSync(join(beside, 'onnxruntime_binding.node'), '')
  if (provider) {
    writeElf(join(beside, 'libonnxruntime_providers_shared.so'))
    writeElf(join(beside, 'libonnxruntime_providers_cuda.so'), {
      needed: provider,
      text: '\0 1.30.0\0 \x001.30.0\0',
    })
  }
  return { entry: join(root, 'dist', 'index.js'), beside, folder }
}

/** Writes CUDA's libraries into a folder, without some. */
export function writeCuda(folder: string, without: readonly string[] = []): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, needed] of Object.entries(cuda13))
    if (!without.includes(name)) writeElf(join(folder, name), { name, needed })
}
