import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort } from 'node:worker_threads'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { findRuntime } from './find.js'
import type { Port, TensorData, Tensors } from './tensor.js'

/**
 * The thread in which one session lives at a time: ONNX Runtime's `run` blocks the thread that calls it. It answers
 * each request in its turn: 'open' begins a session, 'close' ends it, and 'end' ends the thread.
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
  | ({ readonly kind: 'open' } & Opening)
  | { readonly kind: 'run'; readonly feeds: Tensors; readonly fetches: readonly string[] }
  | { readonly kind: 'close' | 'end' }

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
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly during: Step; readonly message: string }

type Runtime = typeof import('onnxruntime-node')

interface Opened {
  readonly runtime: Runtime
  readonly session: InferenceSession
  /** The folder of a profile that goes on. */
  profiling: string | undefined
}

async function open(opening: Opening): Promise<Opened | undefined> {
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
      // What is computed beside it in float64 needs the processor on which its threads would wait.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      ...(profile ? { enableProfiling: true, profileFilePrefix: join(profile, 'run') } : {}),
    })
    post({
      kind: 'opened',
      inputs: portsOf(session.inputMetadata),
      outputs: portsOf(session.outputMetadata),
      version: runtime.env.versions.node ?? '',
    })
    return { runtime, session, profiling: profile }
  } catch (error) {
    postFailure(during, error)
    return undefined
  }
}

async function run(
  opened: Opened,
  { feeds, fetches }: Extract<Request, { kind: 'run' }>,
): Promise<void> {
  const { runtime, session } = opened
  try {
    const given = Object.entries(feeds).map(([name, x]) => [name, toRuntime(runtime, x)])
    const results = await session.run(Object.fromEntries(given), fetches)
    let providers: readonly string[] | undefined
    if (opened.profiling) {
      session.endProfiling()
      providers = await providersIn(opened.profiling)
      opened.profiling = undefined
    }
    postResults(results, providers)
  } catch (error) {
    postFailure('run', error)
  }
}

/** Answers each request after the one before. */
function serve(): void {
  let opened: Opened | undefined
  const answer = async (request: Request): Promise<void> => {
    switch (request.kind) {
      case 'open':
        opened = await open(request)
        break
      case 'run':
        if (opened) await run(opened, request)
        break
      case 'close':
        await opened?.session.release()
        opened = undefined
        post({ kind: 'closed' })
        break
      case 'end':
        await opened?.session.release()
        opened = undefined
        parentPort?.close()
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

serve()
