import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type HeddleError, InputError, RuntimeError } from '../errors.js'
import { findRuntime } from './find.js'
import type { Port, Tensors } from './tensor.js'
import type { Answer, Opening, Request, Step } from './worker.js'

export interface SessionOptions {
  /** ONNX Runtime's own graph optimiser: all of it, as users have it, or none. */
  readonly optimize: boolean
  /** Threads of one run (ONNX Runtime's choice). */
  readonly threads?: number | undefined
  /** Whether the first run is profiled, so that `provider` tells what really ran. */
  readonly profile?: boolean | undefined
  /** Hand the bytes of the model over instead of copying them: the caller's array is empty afterwards. */
  readonly transfer?: boolean | undefined
  /** Ends the session, and whatever waits for it, with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** A model in ONNX Runtime, in a thread of its own: running it does not block the caller. */
export interface Session {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Of onnxruntime-node. */
  readonly version: string
  /**
   * What the first run really ran on, by its profile, never by what was asked: `cpu`, or several joined by
   * `+`; `none` where nothing was left to run. `undefined` before that run, and without `profile`.
   */
  readonly provider: string | undefined
  /**
   * Runs the model once; `fetches` names the outputs that are wanted (all). Runs queue.
   * @throws {RuntimeError} where ONNX Runtime fails.
   */
  run(feeds: Tensors, fetches?: readonly string[]): Promise<Tensors>
  /** Ends the session once its runs are done. */
  close(): Promise<void>
}

/**
 * For work whose result is to be run: refused before it is done.
 * @throws {RuntimeError} where onnxruntime-node is missing.
 */
export function expectRuntime(): void {
  try {
    findRuntime(process.cwd())
  } catch (error) {
    throw failure('find', (error as Error).message, undefined)
  }
}

/**
 * Opens a model from its bytes or its path; external data is found beside the path.
 * @throws {RuntimeError} where onnxruntime-node is missing or does not load, or refuses the bytes.
 * @throws {InputError} where it refuses the file at a path.
 */
export async function openSession(
  model: Uint8Array | string,
  options: SessionOptions,
): Promise<Session> {
  const { signal } = options
  signal?.throwIfAborted()
  const profile = options.profile ? temporaryFolder() : undefined
  const opening: Opening = {
    model,
    optimize: options.optimize,
    threads: options.threads,
    profile,
    folder: process.cwd(),
  }
  // ONNX Runtime would report its use, and leave logs of it in the temporary folder. Its library reads the
  // process's environment, of which a thread has but a copy.
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  const whole = typeof model !== 'string' && model.byteLength === model.buffer.byteLength
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: opening,
    transferList: options.transfer && whole ? [model.buffer as ArrayBuffer] : [],
    // The caller's own (loaders, the inspector) are no concern of this thread.
    execArgv: [],
  })
  const thread = new Thread(worker, typeof model === 'string' ? model : undefined, signal, () => {
    if (profile) rmSync(profile, { recursive: true, force: true })
  })
  const opened = await thread.opened
  let provider: string | undefined
  return {
    inputs: opened.inputs,
    outputs: opened.outputs,
    version: opened.version,
    get provider() {
      return provider
    },
    async run(feeds, fetches = opened.outputs.map(({ name }) => name)) {
      const { results, providers } = await thread.run({ kind: 'run', feeds, fetches })
      if (providers) provider = providers.join('+') || 'none'
      return results
    },
    close: () => thread.close(),
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'heddle-profile-'))
  } catch (error) {
    throw new RuntimeError(
      {
        problem: `no temporary folder for the profile that tells the provider: ${(error as Error).message}`,
        remedy: 'Let TMPDIR be a folder that can be written.',
      },
      { cause: error },
    )
  }
}

type Opened = Extract<Answer, { kind: 'opened' }>
type Ran = Extract<Answer, { kind: 'ran' }>

interface Waiting {
  resolve(answer: Answer): void
  reject(reason: unknown): void
}

/** The worker as a queue of answers: they come in the order of the requests. */
class Thread {
  readonly opened: Promise<Opened>
  readonly #worker: Worker
  readonly #path: string | undefined
  readonly #signal: AbortSignal | undefined
  readonly #waiting: Waiting[] = []
  readonly #ended: Promise<void>
  readonly #cleanUp: () => void
  #failure: unknown

  constructor(
    worker: Worker,
    path: string | undefined,
    signal: AbortSignal | undefined,
    cleanUp: () => void,
  ) {
    this.#worker = worker
    this.#path = path
    this.#signal = signal
    this.#cleanUp = cleanUp
    this.opened = this.#answer() as Promise<Opened>
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(new RuntimeError({ problem: 'the session has ended', remedy: 'Open it anew.' }))
        signal?.removeEventListener('abort', this.#abort)
        cleanUp()
        resolve()
      })
    })
    worker.on('message', (answer: Answer) => this.#receive(answer))
    worker.on('error', (error) => this.#fail(failure('run', error.message, path)))
    signal?.addEventListener('abort', this.#abort, { once: true })
  }

  run(request: Request): Promise<Ran> {
    if (this.#failure) return Promise.reject(this.#failure)
    const answer = this.#answer() as Promise<Ran>
    this.#worker.postMessage(request)
    return answer
  }

  async close(): Promise<void> {
    // An aborted session is closing already, and nobody is to wait for a run that nobody wants.
    if (this.#signal?.aborted) return
    this.#end()
    await this.#ended
  }

  /**
   * Never by `terminate`: a thread that is ended while ONNX Runtime runs in it takes the process with it
   * (an uncaught Napi::Error). So a run that has begun ends first, and keeps the process alive meanwhile.
   */
  #end(): void {
    this.#worker.ref()
    this.#worker.postMessage({ kind: 'close' } satisfies Request)
  }

  readonly #abort = (): void => {
    this.#fail(this.#signal?.reason)
    this.#cleanUp()
    this.#end()
  }

  #answer(): Promise<Answer> {
    // An idle session does not keep the process alive.
    this.#worker.ref()
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  #receive(answer: Answer): void {
    const waiting = this.#waiting.shift()
    if (answer.kind === 'failed')
      waiting?.reject(failure(answer.during, answer.message, this.#path))
    else waiting?.resolve(answer)
    if (this.#waiting.length === 0 && !this.#signal?.aborted) this.#worker.unref()
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}

const install = 'npm install onnxruntime-node'

function failure(during: Step, message: string, path: string | undefined): HeddleError {
  // Where in ONNX Runtime's own source it was thrown says nothing to its users.
  const said = message
    .replace(/\/\S+\.(?:cc|h):\d+ .*?\) /, ' ')
    .trim()
    .replace(/\.$/, '')
  switch (during) {
    case 'find':
      return new RuntimeError({
        problem: 'onnxruntime-node, which runs networks, is not installed',
        remedy: `Add it: ${install} (and --ignore-scripts where its install script cannot download).`,
      })
    case 'import':
      return new RuntimeError({
        problem: `onnxruntime-node does not load on ${process.platform}-${process.arch}: ${said}`,
        remedy: `Install it anew: ${install}. Its README lists the systems that it runs on.`,
      })
    case 'open':
      return path === undefined
        ? new RuntimeError({
            problem: `ONNX Runtime does not load the model: ${said}`,
            remedy: 'If it has no operators of other domains, please report it.',
          })
        : new InputError({
            problem: `ONNX Runtime does not load ${path}: ${said}`,
            remedy: 'Give an ONNX file, its external data beside it, in an opset that it knows.',
          })
    case 'run':
      return new RuntimeError({
        problem: `ONNX Runtime failed in a run: ${said}`,
        remedy: /alloc|memory/i.test(said)
          ? 'Take a smaller input, or a machine with more memory.'
          : 'Feed every input, in the type and shape that the model states.',
      })
  }
}
