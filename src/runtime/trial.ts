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
const tried = new Map<string, Promise<Trial>>()

/**
 * Runs a small convolution on a provider, in a process of its own: some of what can be wrong ends the process, some
 * is told on standard error alone. Each question is asked once in a process.
 */
export function trial(options: ProviderOptions & { readonly provider: Provider }): Promise<Trial> {
  const question = JSON.stringify(options)
  const answer = tried.get(question) ?? start(options.provider, question)
  tried.set(question, answer)
  return answer
}

interface Ended {
  readonly told: Told | undefined
  readonly stderr: string
  readonly signal: string | undefined
  readonly code: number | undefined
}

async function start(provider: Provider, question: string): Promise<Trial> {
  const { told, stderr, signal, code } = await ended(question)
  const aside = { ...(stderr && { stderr }), ...(signal && { signal }) }
  if (told?.kind === 'worked') {
    const { kind: _, ...worked } = told
    return { provider, ok: true, ...worked, ...aside }
  }
  if (told) return { provider, ok: false, problem: told.problem, remedy: told.remedy, ...aside }
  const last = stderr.split('\n').at(-1) ?? ''
  const how =
    signal === 'SIGKILL' ? `did not end within ${limit / 1000} s` : `was ended by ${signal ?? code}`
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

function ended(question: string): Promise<Ended> {
  // The caller's own (loaders, the inspector) are no concern of this process.
  const { NODE_OPTIONS: _, ...env } = process.env
  const running = fork(child, [question], {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: limit,
    killSignal: 'SIGKILL',
  })
  let told: Told | undefined
  let stderr = ''
  running.on('message', (message) => {
    told = message as Told
  })
  running.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('close', (code, signal) =>
      resolve({
        told,
        stderr: stderr.trim(),
        signal: signal ?? undefined,
        code: code ?? undefined,
      }),
    )
  })
}
