import { isMainThread } from 'node:worker_threads'
import { RuntimeError } from '../errors.js'

/** Read by cuBLAS and cuDNN once, when they start: `0` forbids TF32 to all of the process. */
const variable = 'NVIDIA_TF32_OVERRIDE'

/** What holds in this process, once it holds. */
let settled: boolean | undefined

/**
 * Says whether float32 may be computed in TF32, before CUDA's libraries start: onnxruntime-node has no option for it.
 * Where nothing is asked for, the environment has the word.
 * @throws {RuntimeError} where the process has been told otherwise, or this thread cannot tell it.
 */
export function settleTf32(asked: boolean | undefined): void {
  const here = settled ?? process.env[variable] !== '0'
  const wanted = asked ?? here
  if (wanted !== here && settled !== undefined)
    throw new RuntimeError({
      problem: `TF32 is ${word(here)} in this process since its first session on CUDA, and is now to be ${word(wanted)}`,
      remedy: 'Run it in another process, or through the C API (engine c-api).',
    })
  // The environment of another thread is a copy, which no library sees.
  if (wanted !== here && !isMainThread)
    throw new RuntimeError({
      problem: `TF32 is ${word(here)} in this process, and only its main thread can turn it ${word(wanted)}`,
      remedy: `Start the process with${wanted ? 'out' : ''} ${variable}=0, or take the C API (engine c-api).`,
    })
  if (wanted !== here) {
    if (wanted) delete process.env[variable]
    else process.env[variable] = '0'
  }
  settled = wanted
}

function word(tf32: boolean): string {
  return tf32 ? 'on' : 'off'
}
