import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileHolds } from './elf.js'

/** The two files that are ONNX Runtime's CUDA provider; npm's package brings neither. */
export const providerFiles = {
  shared: 'libonnxruntime_providers_shared.so',
  cuda: 'libonnxruntime_providers_cuda.so',
} as const

/** Where onnxruntime-node keeps its library, and so where provider files belong. */
export interface RuntimePackage {
  /** Of package.json. */
  readonly version: string
  /** Its own folder. */
  readonly path: string
  /** The folder of ONNX Runtime's own library for this system; none where the package has none for it. */
  readonly folder: string | undefined
}

/** `entry` is the file that `import 'onnxruntime-node'` loads. */
export function runtimePackage(entry: string): RuntimePackage {
  const path = dirname(dirname(entry))
  const { version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  const folders = existsSync(join(path, 'bin')) ? readdirSync(join(path, 'bin')) : []
  const folder = folders
    .map((name) => join(path, 'bin', name, process.platform, process.arch))
    .find((each) => existsSync(join(each, 'onnxruntime_binding.node')))
  return { version, path, folder }
}

/** Those of the provider's files that a folder lacks. */
export function missingProviderFiles(folder: string): readonly string[] {
  return Object.values(providerFiles).filter((file) => !existsSync(join(folder, file)))
}

/** Whether the provider in a folder is of a version of ONNX Runtime, which its file has in itself. */
export function providerFits(folder: string, version: string): boolean {
  return fileHolds(join(folder, providerFiles.cuda), `\0${version}\0`)
}
