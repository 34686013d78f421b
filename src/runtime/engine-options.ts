import type { CudaOptions } from '../cuda/options.js'
import { InputError } from '../errors.js'
import type { EngineName, ProviderChoice } from './provider.js'

const ofCApi = ['graph', 'fuseConvBias', 'nhwc'] as const satisfies readonly (keyof CudaOptions)[]

/**
 * Nothing is asked for that the engine would not hand on, or that says nothing to the provider.
 * @throws {InputError} naming it.
 */
export function expectHandedOn(
  engine: EngineName,
  provider: ProviderChoice,
  cuda: CudaOptions,
): void {
  const asked = ofCApi.find((option) => cuda[option])
  if (asked === undefined) return
  if (provider !== 'cuda' && provider !== 'auto')
    throw new InputError({
      problem: `cuda.${asked} is asked for, and the provider is ${provider}`,
      remedy: `Let provider be cuda, or leave ${asked} out.`,
    })
  if (engine !== 'c-api')
    throw new InputError({
      problem: `cuda.${asked} is asked for, which engine ${engine} cannot hand on to ONNX Runtime`,
      remedy: `Take engine c-api, or leave ${asked} out.`,
    })
}
