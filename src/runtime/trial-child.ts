import { HeddleError } from '../errors.js'
import { openSession } from './session.js'
import type { TrialOptions } from './trial.js'
import { arithmeticOf, trialFeeds, trialModel } from './trial-network.js'

/** A process of its own, since a provider may end the one that it runs in. Its one argument is what to try. */

/** What it tells the process that started it, once. */
export type Told =
  | { readonly kind: 'worked'; readonly version: string; readonly tf32: boolean }
  | { readonly kind: 'failed'; readonly problem: string; readonly remedy: string }

async function tryIt({ provider, engine, cuda }: TrialOptions): Promise<Told> {
  try {
    const session = await openSession(trialModel, { optimize: true, provider, engine, cuda })
    const { y } = await session.run(trialFeeds)
    const found = arithmeticOf(y?.data as Float32Array)
    await session.close()
    if (typeof found === 'string')
      return { kind: 'worked', version: session.version, tf32: found === 'tf32' }
    return {
      kind: 'failed',
      problem: `a convolution ran on ${provider} and gave ${found.wrong}, where ${found.due} was due`,
      remedy: 'Do not trust it: run on the CPU (--provider cpu), and report it.',
    }
  } catch (error) {
    if (error instanceof HeddleError)
      return { kind: 'failed', problem: error.problem, remedy: error.remedy }
    throw error
  }
}

const told = await tryIt(JSON.parse(process.argv[2] as string))
process.send?.(told, () => process.disconnect())
