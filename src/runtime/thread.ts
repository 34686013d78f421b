import { Worker } from 'node:worker_threads'
import { RuntimeError } from '../errors.js'
import { newLock } from './alone.js'
import type { EngineOptions } from './engine.js'
import { failure } from './failure.js'
import type { Provider } from './provider.js'
import type { Answer, Request } from './worker.js'

type Opened = Extract<Answer, { kind: 'opened' }>
type Ran = Extract<Answer, { kind: 'ran' }>

interface Waiting {
  resolve(answer: Answer): void
  reject(reason: unknown): void
}

interface ThreadOptions {
  /** Of the model, for errors. */
  readonly path: string | undefined
  readonly provider: Provider
  readonly signal: AbortSignal | undefined
  /** What is to be done when the runtime did not even load. */
  readonly notStarted: (() => void) | undefined
  /** What is to be done when the session has ended, however it ends. */
  cleanUp(): void
}

/**
 * A worker between two sessions. One is kept, since a thread and onnxruntime-node take longer to load than a small
 * network takes to run; it does not keep the process alive.
 */
let idle: Worker | undefined

const webGpu = newLock()

function workerAtHand(): Worker {
  const kept = idle
  idle = undefined
  if (kept) return kept
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    // The caller's own (loaders, the inspector) are no concern of this thread.
    execArgv: [],
    workerData: webGpu,
  })
  worker.on('error', () => forget(worker))
  worker.on('exit', () => forget(worker))
  return worker
}

function forget(worker: Worker): void {
  if (idle === worker) idle = undefined
}

/** One session's worker as a queue of answers: they come in the order of the requests. */
export class Thread {
  readonly #worker: Worker
  readonly #options: ThreadOptions
  readonly #waiting: Waiting[] = []
  #failure: unknown
  #closing: Promise<void> | undefined

  constructor(options: ThreadOptions) {
    this.#options = options
    this.#worker = workerAtHand()
    this.#worker.on('message', this.#receive)
    this.#worker.on('error', this.#broken)
    this.#worker.on('exit', this.#ended)
    options.signal?.addEventListener('abort', this.#abort, { once: true })
  }

  async open(opening: EngineOptions, transfer: readonly ArrayBuffer[]): Promise<Opened> {
    try {
      return (await this.#ask({ kind: 'open', ...opening }, transfer)) as Opened
    } catch (error) {
      if (!this.#options.signal?.aborted) this.#end()
      throw error
    }
  }

  run(request: Extract<Request, { kind: 'run' }>): Promise<Ran> {
    return this.#ask(request) as Promise<Ran>
  }

  /** Once its runs are done. The worker is kept for the next session, unless it ends. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // What has failed is closing already, and nobody is to wait for a run that nobody wants.
    if (this.#failure) return
    const closed = this.#ask({ kind: 'close' })
    this.#failure = new RuntimeError({ problem: 'the session has ended', remedy: 'Open it anew.' })
    const isClosed = await closed.then(
      () => true,
      () => false,
    )
    if (!isClosed) return
    this.#release()
    if (idle) this.#worker.postMessage({ kind: 'end' } satisfies Request)
    else idle = this.#worker
  }

  /**
   * Never by `terminate`: a thread that is ended while ONNX Runtime runs in it takes the process with it
   * (an uncaught Napi::Error). So a run that has begun ends first, and keeps the process alive meanwhile.
   */
  #end(): void {
    this.#worker.ref()
    this.#worker.postMessage({ kind: 'end' } satisfies Request)
  }

  readonly #abort = (): void => {
    this.#fail(this.#options.signal?.reason)
    this.#options.cleanUp()
    this.#end()
  }

  readonly #broken = (error: Error): void =>
    this.#fail(failure({ during: 'run', message: error.message }, this.#options))

  readonly #ended = (): void => {
    this.#fail(new RuntimeError({ problem: 'the session has ended', remedy: 'Open it anew.' }))
    this.#release()
  }

  /** Nothing of this session is left with the worker. */
  #release(): void {
    this.#worker.off('message', this.#receive)
    this.#worker.off('error', this.#broken)
    this.#worker.off('exit', this.#ended)
    this.#options.signal?.removeEventListener('abort', this.#abort)
    this.#options.cleanUp()
  }

  #ask(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure)
    this.#worker.postMessage(request, transfer)
    // An idle session does not keep the process alive.
    this.#worker.ref()
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  readonly #receive = (answer: Answer): void => {
    const waiting = this.#waiting.shift()
    if (answer.kind === 'failed' && (answer.during === 'find' || answer.during === 'import'))
      this.#options.notStarted?.()
    if (answer.kind === 'failed') waiting?.reject(failure(answer, this.#options))
    else waiting?.resolve(answer)
    if (this.#waiting.length === 0 && !this.#options.signal?.aborted) this.#worker.unref()
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
