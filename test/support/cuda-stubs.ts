import { join } from 'node:path'
import type { Test } from 'tap'
import { linkRuntime } from '../../scripts/stubs/runtime.js'
import { aside } from './aside.js'
import { plainNode } from './plain-node.js'

const { HEDDLE_CUDA_STUBS = '', HEDDLE_CUDA_PROVIDER = '' } = process.env

/** Libraries of CUDA that compute nothing and log their calls, cuDNN's in `dnn`, as `npm run stubs` makes them. */
export const stubs: string = HEDDLE_CUDA_STUBS

/** A folder of the provider's two files, which run on them. */
export const provider: string = HEDDLE_CUDA_PROVIDER

/** Why a test that needs both is skipped; `false` where they are at hand. */
export const skip: string | false =
  stubs && provider
    ? false
    : 'HEDDLE_CUDA_STUBS and HEDDLE_CUDA_PROVIDER are not set (npm run stubs)'

/** heddle's runtime beside an onnxruntime-node that has the provider's files. */
export function onStubs(t: Test): string {
  const folder = aside(t, ['koffi'])
  linkRuntime(join(folder, 'node_modules'), provider)
  return folder
}

/** What a program in such a folder prints, as JSON; its log is in `log`. */
export function told<T>(folder: string, program: string, argument: unknown = null): T {
  const env = {
    LD_LIBRARY_PATH: [stubs, join(stubs, 'dnn')].join(':'),
    FAKE_CUDA_LOG: join(folder, 'log'),
  }
  const words = ['--input-type=module', '-e', program, JSON.stringify(argument)]
  const { stdout, stderr } = plainNode(words, { cwd: folder, env })
  return JSON.parse(stdout || JSON.stringify({ error: stderr }))
}
