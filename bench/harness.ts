import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a process took from start to end. */
export interface Used {
  /** Milliseconds by the clock, which waiting counts in, for the disk and for other processes. */
  readonly wall: number
  /** Milliseconds of processor, of all threads. */
  readonly cpu: number
  /** The most bytes that were resident. */
  readonly peak: number
  readonly stdout: string
}

/** The words after `node`. */
export type Words = readonly string[]

const usage = fileURLToPath(new URL('usage.cjs', import.meta.url))

/** Runs Node in a process of its own, as from a shell; it is to end with `code`. */
export function used(words: Words, code = 0): Used {
  const { NODE_OPTIONS: _, ...env } = process.env
  const start = performance.now()
  const { status, output, signal } = spawnSync(process.execPath, ['--require', usage, ...words], {
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const wall = performance.now() - start
  const [, stdout = '', stderr = '', told = ''] = output as readonly (string | null)[]
  if (status !== code)
    throw new Error(`node ${words.join(' ')} ended with ${status ?? signal}:\n${stderr}`)
  return {
    ...(JSON.parse(told as string) as { cpu: number; peak: number }),
    wall,
    stdout: stdout as string,
  }
}

/** As many runs of A and of B. */
export interface Pairs<T> {
  readonly a: readonly T[]
  readonly b: readonly T[]
}

/**
 * Takes A and B in turn, so that both meet the same noise, and which of them goes first in turn too. The first
 * round warms up (the disk's cache, the machine's clock) and is not kept, unless each does so by itself.
 */
export function interleaved<T>(rounds: number, a: () => T, b: () => T, warmUps = 1): Pairs<T> {
  const pairs: { a: T[]; b: T[] } = { a: [], b: [] }
  for (let round = 0; round < rounds + warmUps; round++) {
    const order = round % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const)
    for (const which of order) {
      const took = which === 'a' ? a() : b()
      if (round >= warmUps) pairs[which].push(took)
    }
  }
  return pairs
}

/** The middle of some numbers, and what half of them lie between. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (share: number): number => {
    const place = share * (sorted.length - 1)
    const [left, right] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]] as [number, number]
    return left + (right - left) * (place % 1)
  }
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}

/** A over B, pair by pair: what slows a whole round cancels. */
export function ratio<T>({ a, b }: Pairs<T>, of: (one: T) => number): Spread {
  return spread(a.map((one, i) => of(one) / of(b[i] as T)))
}
