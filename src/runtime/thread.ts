import type { Worker } from 'node:worker_threads'
import { RuntimeError } from '../errors.js'
import { failure } from './failure.js'
import type { Answer, Request } from './worker.js'

type Opened = Extract<Answer, { kind: 'opened' }>
type Ran = Extract<Answer, { kind: 'ran' }>

interface Waiting {
  resolve(answer: Answer): void
  reject(reason: unknown): void
}

/** The worker as a queue of answers: they come in the order of the requests. */
export class Thread {
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
