import type { CudaOptions } from '../cuda/options.js'
import { InputError } from '../errors.js'
import type { ProviderOptions } from './provider.js'

const ofCApi = ['graph', 'fuseConvBias', 'nhwc'] as const satisfies readonly (keyof CudaOptions)[]

interface Asked extends ProviderOptions {
  readonly streams?: unknown
}

/**
 * Nothing is asked for that the engine would not hand on, or that says nothing to the provider. Where `auto` was asked
 * for, what is said of CUDA is said for the case that it works.
 * @throws {InputError} naming it.
 */
export function expectHandedOn(options: Asked): void {
  const { provider = 'cpu', engine = 'onnxruntime-node', cuda = {}, allowCpuNodes } = options
  const forCApi = ofCApi.find((option) => cuda[option])
  const forCuda = forCApi ?? (['folder', 'tf32'] as const).find((one) => cuda[one] !== undefined)
  const asked = forCuda ? `cuda.${forCuda}` : options.streams ? 'streams' : undefined
  if (asked !== undefined && provider !== 'cuda' && provider !== 'auto')
    throw new InputError({
      problem: `${asked} is asked for, and the provider is ${provider}`,
      remedy: `Let provider be cuda, or leave ${asked} out.`,
    })
  if (forCApi && engine !== 'c-api')
    throw new InputError({
      problem: `cuda.${forCApi} is asked for, which engine ${engine} cannot hand on to ONNX Runtime`,
      remedy: `Take engine c-api, or leave ${forCApi} out.`,
    })
  if (options.streams && allowCpuNodes)
    throw new InputError({
      problem:
        'streams are asked for, which name all nodes, and allowCpuNodes, whose copies have no name',
      remedy: 'Leave out one of them.',
    })
}
