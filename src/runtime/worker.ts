import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { findRuntime } from './find.js'
import type { Port, TensorData, Tensors } from './tensor.js'

/**
 * The thread in which one session lives: ONNX Runtime's `run` blocks the thread that calls it. It opens
 * the model that `workerData` names, answers each request in its turn, and ends at 'close'.
 */

export interface Opening {
  readonly model: Uint8Array | string
  readonly optimize: boolean
  readonly threads: number | undefined
  readonly memoryPattern: boolean
  /** An empty folder for ONNX Runtime's profile, from which alone one learns where each node ran. */
  readonly profile: string | undefined
  /** The user's folder: where the runtime is looked for if heddle has none beside it. */
  readonly folder: string
}

export type Request =
  | { readonly kind: 'run'; readonly feeds: Tensors; readonly fetches: readonly string[] }
  | { readonly kind: 'close' }

/** What the thread was about when it failed. */
export type Step = 'find' | 'import' | 'open' | 'run'

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
      readonly providers: readonly string[] | undefined
    }
  | { readonly kind: 'failed'; readonly during: Step; readonly message: string }

type Runtime = typeof import('onnxruntime-node')

async function serve(opening: Opening): Promise<void> {
  const { model, optimize, threads, memoryPattern, profile, folder } = opening
  let during: Step = 'find'
  try {
    const entry = findRuntime(folder)
    during = 'import'
    const runtime = (await import(pathToFileURL(entry).href)).default as Runtime
    runtime.env.logLevel = 'error'
    during = 'open'
    const session = await runtime.InferenceSession.create(model as string, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: optimize ? 'all' : 'disabled',
      enableMemPattern: memoryPattern,
      logSeverityLevel: 3,
      ...(threads ? { intraOpNumThreads: threads } : {}),
      ...(profile ? { enableProfiling: true, profileFilePrefix: join(profile, 'run') } : {}),
    })
    answerIn(runtime, session, profile)
    post({
      kind: 'opened',
      inputs: portsOf(session.inputMetadata),
      outputs: portsOf(session.outputMetadata),
      version: runtime.env.versions.node ?? '',
    })
  } catch (error) {
    postFailure(during, error)
    parentPort?.close()
  }
}

function answerIn(runtime: Runtime, session: InferenceSession, profile: string | undefined): void {
  let profiling = profile
  const answer = async (request: Request): Promise<void> => {
    if (request.kind === 'close') {
      await session.release()
      parentPort?.close()
      return
    }
    try {
      const feeds = Object.entries(request.feeds).map(([name, x]) => [name, toRuntime(runtime, x)])
      const results = await session.run(Object.fromEntries(feeds), request.fetches)
      let providers: readonly string[] | undefined
      if (profiling) {
        session.endProfiling()
        providers = await providersIn(profiling)
        profiling = undefined
      }
      postResults(results, providers)
    } catch (error) {
      postFailure('run', error)
    }
  }
  let turn: Promise<void> = Promise.resolve()
  parentPort?.on('message', (request: Request) => {
    turn = turn.then(() => answer(request))
  })
}

function toRuntime(runtime: Runtime, { data, dims, type = 'float32' }: TensorData): Tensor {
  return new runtime.Tensor(type as 'float32', data as Float32Array, dims)
}

/** The providers that ran the nodes of a profile, in alphabetical order. Read as text: names are not escaped. */
async function providersIn(folder: string): Promise<readonly string[]> {
  const providers = new Set<string>()
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'latin1')
    for (const [, name] of text.matchAll(/"provider" ?: ?"(\w+?)(?:ExecutionProvider)?"/g))
      providers.add((name as string).toLowerCase())
  }
  return [...providers].sort()
}

function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): Port[] {
  return metadata.map((m) => ({
    name: m.name,
    type: m.isTensor ? (m.type as Port['type']) : 'other',
    shape: m.isTensor ? m.shape : [],
  }))
}

function postResults(
  made: InferenceSession.OnnxValueMapType,
  providers: readonly string[] | undefined,
): void {
  const results: Record<string, TensorData> = {}
  const buffers = new Set<ArrayBuffer>()
  for (const [name, value] of Object.entries(made)) {
    const { data, dims, type } = value as Tensor
    results[name] = { data, dims, type } as TensorData
    if (!Array.isArray(data)) buffers.add((data as Uint8Array).buffer as ArrayBuffer)
  }
  post({ kind: 'ran', results, providers }, [...buffers])
}

function postFailure(during: Step, error: unknown): void {
  post({ kind: 'failed', during, message: error instanceof Error ? error.message : String(error) })
}

function post(answer: Answer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, transfer)
}

await serve(workerData as Opening)
