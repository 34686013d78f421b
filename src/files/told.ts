import type { InputError } from '../errors.js'

/** What the system's codes mean for a path, in words, and what to do about each. */
export type Words = Readonly<Record<string, readonly [problem: string, remedy: string]>>

/** The error of a path with which something cannot be done. */
export type Refused = (path: string, problem: string, remedy: string, cause?: unknown) => InputError

/** Waits for work on a path; what the system says of it is told in words, where there are some for it. */
export function telling(
  words: Words,
  refused: Refused,
): <T>(path: string, work: Promise<T>) => Promise<T> {
  return async (path, work) => {
    try {
      return await work
    } catch (error) {
      const [problem, remedy] = words[(error as NodeJS.ErrnoException).code ?? ''] ?? []
      if (problem === undefined || remedy === undefined) throw error
      throw refused(path, problem, remedy, error)
    }
  }
}
