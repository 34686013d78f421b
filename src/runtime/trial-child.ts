import { HeddleError } from '../errors.js'
import { adapterHere } from './adapter.js'
import { arithmeticOn } from './arithmetic.js'
import type { ProviderOptions } from './provider.js'
import type { Told } from './trial.js'

/** A process of its own, since a provider may end the one that it runs in. Its one argument is what to try. */

async function tryIt(options: ProviderOptions): Promise<Told> {
  try {
    const arithmetic = await arithmeticOn(options)
    const adapter = options.provider === 'webgpu' ? adapterHere() : undefined
    return { kind: 'worked', ...arithmetic, ...(adapter && { adapter }) }
  } catch (error) {
    if (error instanceof HeddleError)
      return { kind: 'failed', problem: error.problem, remedy: error.remedy }
    throw error
  }
}

const told = await tryIt(JSON.parse(process.argv[2] as string))
process.send?.(told, () => process.disconnect())
