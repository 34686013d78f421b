import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Adapter } from './adapter.js'
import type { Provider, ProviderOptions } from './provider.js'
import type { ProviderArithmetic } from './trial-network.js'

/** What became of a small convolution on a provider. */
export interface Trial {
  readonly provider: Provider
  readonly ok: boolean
  /** Of ONNX Runtime, where it worked. */
  readonly version?: string
  /** Whether the convolution rounded its operands to TF32, as its numbers show; where it worked. */
  readonly tf32?: boolean
  /** What WebGPU ran on, where that is known. */
  readonly adapter?: Adapter
  /** Why it does not work, in one line, and what to do about it. */
  readonly problem?: string
  readonly remedy?: string
  /** What the process printed on standard error; absent where it printed nothing. */
  readonly stderr?: string
  /** What ended the process, where it did not end by itself. */
  readonly signal?: string
}

/** What the process that tries a provider tells, once. */
export type Told =
  | ({ readonly kind: 'worked'; readonly adapter?: Adapter } & ProviderArithmetic)
  | { readonly kind: 'failed'; readonly problem: string; readonly remedy: string }

/** From a cold disk, CUDA's libraries take their time: they have a gigabyte and more. */
const limit = 120_000
const child = fileURLToPath(new URL('./trial-child.js', import.meta.url))

interface Asked {
  readonly answer: Promise<Trial>
  /** Ends the process that tries. */
  readonly stop: AbortController
  /** How many wait for the answer. */
  waiting: number
}

const tried = new Map<string, Asked>()

/**
 * Runs a small convolution on a provider, in a process of its own: some of what can be wrong ends the process, some
 * is told on standard error alone. Each question is asked once in a process; an attempt that nobody waits for any more
 * is ended.
 * @throws the signal's reason.
 */
export async function trial(
  options: ProviderOptions & { readonly provider: Provider },
  signal?: AbortSignal,
): Promise<Trial> {
  signal?.throwIfAborted()
  const question = JSON.stringify(options)
  const asked = tried.get(question) ?? ask(options.provider, question)
  tried.set(question, asked)
  asked.waiting++
  try {
    return await unlessAborted(asked.answer, signal)
  } finally {
    asked.waiting--
    if (signal?.aborted && asked.waiting === 0) {
      asked.stop.abort()
      tried.delete(question)
    }
  }
}

function ask(provider: Provider, question: string): Asked {
  const stop = new AbortController()
  return { answer: start(provider, question, stop.signal), stop, waiting: 0 }
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    answer.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort))
  })
}

interface Ended {
  /** Why it did not start, where it did not. */
  readonly unstarted: string | undefined
  /** Whether it took all the time that it had. */
  readonly late: boolean
  readonly told: Told | undefined
  readonly stderr: string
  readonly signal: string | undefined
  readonly code: number | undefined
}

async function start(provider: Provider, question: string, stop: AbortSignal): Promise<Trial> {
  const { unstarted, late, told, stderr, signal, code } = await ended(question, stop)
  const aside = { ...(stderr && { stderr }), ...(signal && { signal }) }
  if (told?.kind === 'worked') {
    const { kind: _, ...worked } = told
    return { provider, ok: true, ...worked, ...aside }
  }
  if (told) return { provider, ok: false, problem: told.problem, remedy: told.remedy, ...aside }
  const last = stderr.split('\n').at(-1) ?? ''
  const how = unstarted
    ? `did not start: ${unstarted}`
    : late
      ? `did not end within ${limit / 1000} s`
      : `was ended by ${signal ?? code}${signal === 'SIGKILL' ? ', as Linux does where memory runs out' : ''}`
  return {
    provider,
    ok: false,
    problem: `the process that tried ${provider} ${how}${last && `: ${last}`}`,
    remedy:
      provider === 'cuda'
        ? 'Look at what it printed (heddle doctor --json); parts of cuDNN that are missing or of another version do this.'
        : 'Look at what it printed (heddle doctor --json), and run on the CPU (--provider cpu).',
    ...aside,
  }
}

function ended(question: string, stop: AbortSignal): Promise<Ended> {
  // The caller's own (loaders, the inspector) are no concern of this process.
  const { NODE_OPTIONS: _, ...env } = process.env
  const running = fork(child, [question], {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    killSignal: 'SIGKILL',
    signal: stop,
  })
  let told: Told | undefined
  let stderr = ''
  running.on('message', (message) => {
    told = message as Told
  })
  running.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  let unstarted: string | undefined
  let late = false
  // Not by fork's own timeout, which goes on where nothing was started.
  const timer = setTimeout(() => {
    late = running.kill('SIGKILL')
  }, limit)
  return new Promise((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer)
      resolve({
        unstarted,
        late,
        told,
        stderr: stderr.trim(),
        signal: signal ?? undefined,
        code: code ?? undefined,
      })
    }
    running.on('error', (error) => {
      if (running.pid !== undefined) return
      unstarted = error.message
      end(null, null)
    })
    running.on('close', end)
  })
}
