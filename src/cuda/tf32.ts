import { isMainThread } from 'node:worker_threads'
import { RuntimeError } from '../errors.js'

/** Read by cuBLAS and cuDNN once, when they start: `0` forbids TF32 to all of the process. */
const variable = 'NVIDIA_TF32_OVERRIDE'

interface Settled {
  readonly tf32: boolean
  /** The variable, before. */
  readonly before: string | undefined
  /** How many count on it: those on CUDA, and those that are about to start it. */
  sessions: number
}

/** What holds in this process, once CUDA is started in it. */
let settled: Settled | undefined

/** What is asked for, and whether a session can be told to forgo TF32, so that the process need not be. */
export interface Tf32Asked {
  readonly tf32: boolean | undefined
  readonly bySession: boolean
}

/**
 * What is asked for can be had: no session has TF32 where the process is told to do without.
 * @throws {RuntimeError} where the process has been told otherwise, or this thread cannot tell it.
 */
export function expectTf32({ tf32, bySession }: Tf32Asked): void {
  const here = settled?.tf32 ?? process.env[variable] !== '0'
  if (tf32 === true && !here)
    throw new RuntimeError({
      problem: `TF32 is off in this process (${variable}=0), and is now to be on`,
      remedy: `Run it in another process, started without ${variable}=0.`,
    })
  if (tf32 !== false || !here || bySession) return
  if (settled)
    throw new RuntimeError({
      problem: 'TF32 is on in this process since its first session on CUDA, and is now to be off',
      remedy: 'Run it in another process, or through the C API (engine c-api).',
    })
  // The environment of another thread is a copy, which no library sees.
  if (!isMainThread)
    throw new RuntimeError({
      problem: 'TF32 is on in this process, and only its main thread can turn it off',
      remedy: `Start the process with ${variable}=0, or take the C API (engine c-api).`,
    })
}

/**
 * Says whether float32 may be computed in TF32, before CUDA's libraries start: onnxruntime-node has no option for it.
 * Where nothing is asked for, the environment has the word. Returns what calls it off, should they not have started.
 * @throws {RuntimeError} as `expectTf32`.
 */
export function settleTf32(asked: Tf32Asked): () => void {
  expectTf32(asked)
  const before = process.env[variable]
  if (asked.tf32 === false && !asked.bySession) process.env[variable] = '0'
  settled ??= { tf32: process.env[variable] !== '0', before, sessions: 0 }
  const mine = settled
  mine.sessions++
  return () => {
    if (--mine.sessions > 0) return
    settled = undefined
    if (mine.before === undefined) delete process.env[variable]
    else process.env[variable] = mine.before
  }
}
