import { dirname, join } from 'node:path'

/** The two files of the CUDA provider: the bridge to ONNX Runtime, and what it loads. */
export const providerFiles = [
  'libonnxruntime_providers_shared.so',
  'libonnxruntime_providers_cuda.so',
] as const

/** Where ONNX Runtime looks for them: beside itself, in onnxruntime-node, whose main file is `entry`. */
export function providerFolder(entry: string): string {
  return join(dirname(dirname(entry)), 'bin', 'napi-v6', 'linux', 'x64')
}
