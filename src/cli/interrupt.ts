type Signal = 'SIGINT' | 'SIGTERM'

/** The work was ended by a signal; `code` is what the process ends with. */
export class Interruption extends Error {
  readonly signal: Signal
  readonly code: number

  constructor(signal: Signal) {
    super(`interrupted by ${signal}`)
    this.name = 'Interruption'
    this.signal = signal
    this.code = signal === 'SIGINT' ? 130 : 143
  }
}

let current: AbortController | undefined

/** Ends the work that goes on, so that it can clean up, for the first reason given; false where there is none. */
export function endWork(reason: unknown): boolean {
  current?.abort(reason)
  return current !== undefined
}

/**
 * Runs work that Ctrl-C ends by its AbortSignal, so that it can clean up; a second Ctrl-C ends the process.
 * Outside of such work Ctrl-C ends the process at once, as it does without handlers.
 * @throws {Interruption} where it was ended so.
 */
export async function interruptible<R>(work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController()
  current = controller
  const onSignal = (signal: Signal): void => {
    if (controller.signal.aborted) die(signal)
    controller.abort(new Interruption(signal))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    return await work(controller.signal)
  } catch (error) {
    controller.signal.throwIfAborted()
    throw error
  } finally {
    current = undefined
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

/** How long a run that has begun in ONNX Runtime may take to end. */
const grace = 1500

/**
 * Ends the process with the code of an interruption, once nothing keeps it alive. ONNX Runtime cannot be
 * stopped within a run, and `process.exit` beside one ends in SIGABRT: a run past the grace is ended with the
 * whole process by the signal itself, which shells report by the same code.
 */
export function leaveInterrupted({ code, signal }: Interruption): void {
  process.exitCode = code
  setTimeout(die, grace, signal).unref()
}

function die(signal: Signal): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
