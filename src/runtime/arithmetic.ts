import { RuntimeError } from '../errors.js'
import type { ProviderOptions } from './provider.js'
import { openSession } from './session.js'
import { arithmeticOf, type ProviderArithmetic, trialFeeds, trialModel } from './trial-network.js'

/**
 * Runs a small convolution whose result tells what it was computed in.
 * @throws {RuntimeError} where the provider does not start, or computes wrongly.
 */
export async function arithmeticOn({
  provider,
  engine,
  cuda,
}: ProviderOptions): Promise<ProviderArithmetic> {
  const session = await openSession(trialModel, { optimize: true, provider, engine, cuda })
  try {
    const { y } = await session.run(trialFeeds)
    const found = arithmeticOf(y?.data as Float32Array)
    if (typeof found === 'string') return { version: session.version, tf32: found === 'tf32' }
    throw new RuntimeError({
      problem: `a convolution ran on ${provider} and gave ${found.wrong}, where ${found.due} was due`,
      remedy: 'Do not trust it: run on the CPU (--provider cpu), and report it.',
    })
  } finally {
    await session.close()
  }
}
