import { parentPort, workerData } from 'node:worker_threads'
import { RuntimeError } from '../errors.js'
import { alone, type Lock } from './alone.js'
import type { Engine, EngineOptions, Failed, OpenEngine, Step } from './engine.js'
import { openOnnxRuntimeNode } from './engines/onnxruntime-node.js'
import { type Placement, placementIn } from './profile.js'
import type { EngineName } from './provider.js'
import type { Port, Tensors } from './tensor.js'

/**
 * The thread in which one session lives at a time: ONNX Runtime's `run` blocks the thread that calls it. It answers
 * each request in its turn: 'open' begins a session, 'close' ends it, and 'end' ends the thread.
 */

export type Request =
  | ({ readonly kind: 'open' } & EngineOptions)
  | { readonly kind: 'run'; readonly feeds: Tensors; readonly fetches: readonly string[] }
  | { readonly kind: 'close' | 'end' }

export type Answer =
  | {
      readonly kind: 'opened'
      readonly inputs: readonly Port[]
      readonly outputs: readonly Port[]
      readonly version: string
    }
  | {
      readonly kind: 'ran'
      readonly results: Tensors
      /** With the answer to the first run of a session that is profiled. */
      readonly placement: Placement | undefined
    }
  | { readonly kind: 'closed' }
  | ({ readonly kind: 'failed' } & Failed)

const openings: Readonly<Record<EngineName, () => Promise<OpenEngine>>> = {
  'onnxruntime-node': async () => openOnnxRuntimeNode,
  'c-api': async () => (await import('./engines/c-api.js')).openCApi,
}

interface Opened {
  readonly engine: Engine
  /** The folder of a profile that goes on. */
  profiling: string | undefined
}

async function open(options: EngineOptions): Promise<Opened | undefined> {
  let during: Step = 'find'
  try {
    const opening = await openings[options.engine]()
    const engine = await opening(options, (step) => {
      during = step
    })
    const { inputs, outputs, version } = engine
    post({ kind: 'opened', inputs, outputs, version })
    return { engine, profiling: options.profile }
  } catch (error) {
    postFailure(during, error)
    return undefined
  }
}

async function run(
  opened: Opened,
  { feeds, fetches }: Extract<Request, { kind: 'run' }>,
): Promise<void> {
  const { engine, profiling } = opened
  try {
    const results = await engine.run(feeds, fetches)
    if (profiling) engine.endProfile()
    const placement = profiling ? await placementIn(profiling) : undefined
    opened.profiling = undefined
    const buffers = Object.values(results).flatMap(({ data }) =>
      Array.isArray(data) ? [] : [(data as Uint8Array).buffer as ArrayBuffer],
    )
    post({ kind: 'ran', results, placement }, [...new Set(buffers)])
  } catch (error) {
    postFailure('run', error)
  }
}

/**
 * Answers each request after the one before. On WebGPU no other thread of the process is about anything meanwhile: ONNX
 * Runtime has one device for all sessions, and crashes (1.30) where two threads use it at once.
 */
function serve(webGpu: Lock): void {
  let opened: Opened | undefined
  let shared = false
  const answer = async (request: Request): Promise<void> => {
    switch (request.kind) {
      case 'open':
        opened = await open(request)
        break
      case 'run':
        if (opened) await run(opened, request)
        break
      case 'close':
        await opened?.engine.close()
        opened = undefined
        post({ kind: 'closed' })
        break
      case 'end':
        await opened?.engine.close()
        opened = undefined
        parentPort?.close()
    }
  }
  let turn: Promise<void> = Promise.resolve()
  parentPort?.on('message', (request: Request) => {
    turn = turn.then(() => {
      if (request.kind === 'open') shared = request.provider === 'webgpu'
      return shared ? alone(webGpu, () => answer(request)) : answer(request)
    })
  })
}

function postFailure(during: Step, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const complaint =
    error instanceof RuntimeError ? { problem: error.problem, remedy: error.remedy } : undefined
  post({ kind: 'failed', during, message, complaint })
}

function post(answer: Answer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, transfer)
}

serve(workerData as Lock)
