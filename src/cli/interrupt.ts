/** The work was ended by a signal; `code` is what the process ends with. */
export class Interruption extends Error {
  readonly code: number

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`)
    this.name = 'Interruption'
    this.code = signal === 'SIGINT' ? 130 : 143
  }
}

/**
 * Runs work that Ctrl-C ends by its AbortSignal, so that it can clean up; a second Ctrl-C ends the process.
 * Outside of such work Ctrl-C ends the process at once, as it does without handlers.
 * @throws {Interruption} where it was ended so.
 */
export async function interruptible<R>(work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController()
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    const reason = new Interruption(name)
    if (controller.signal.aborted) process.exit(reason.code)
    controller.abort(reason)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    return await work(controller.signal)
  } catch (error) {
    controller.signal.throwIfAborted()
    throw error
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}
