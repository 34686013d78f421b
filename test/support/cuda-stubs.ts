import { copyFileSync, cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { aside } from './aside.js'
import { plainNode } from './plain-node.js'

/**
 * Stub libraries, which compute nothing and log what they are called for: `HEDDLE_CUDA_STUBS` is a folder of them,
 * with cuDNN in `dnn`, and `HEDDLE_CUDA_PROVIDER` one with the provider's two files.
 */
const { HEDDLE_CUDA_STUBS: stubs, HEDDLE_CUDA_PROVIDER: provider } = process.env

/** Why a test on them is skipped, where it is. */
export const skip: string | false =
  stubs && provider ? false : 'no HEDDLE_CUDA_STUBS and HEDDLE_CUDA_PROVIDER are given'

/** heddle's runtime beside an onnxruntime-node that has the provider's files. */
export function onStubs(t: Test): string {
  const folder = aside(t, ['onnxruntime-common', 'koffi'])
  const [from, to] = [
    'node_modules/onnxruntime-node',
    join(folder, 'node_modules/onnxruntime-node'),
  ]
  for (const each of ['package.json', 'dist', 'lib'])
    cpSync(join(from, each), join(to, each), { recursive: true })
  const libraries = join('bin/napi-v6', process.platform, process.arch)
  mkdirSync(join(to, libraries), { recursive: true })
  // Node follows links, and ONNX Runtime looks for its provider beside itself: so it is copied.
  for (const file of readdirSync(join(from, libraries)).filter(isRuntime))
    copyFileSync(join(from, libraries, file), join(to, libraries, file))
  for (const file of readdirSync(provider as string).filter(isRuntime))
    symlinkSync(join(provider as string, file), join(to, libraries, file))
  return folder
}

const isRuntime = (name: string): boolean => /^(?:lib)?onnxruntime.*\.(?:so|node)/.test(name)

/** What a program in such a folder prints, as JSON; its log is in `log`. */
export function told<T>(folder: string, program: string, argument: unknown = null): T {
  const env = {
    LD_LIBRARY_PATH: [stubs, join(stubs as string, 'dnn')].join(':'),
    FAKE_CUDA_LOG: join(folder, 'log'),
  }
  const words = ['--input-type=module', '-e', program, JSON.stringify(argument)]
  const { stdout, stderr } = plainNode(words, { cwd: folder, env })
  return JSON.parse(stdout || JSON.stringify({ error: stderr }))
}
