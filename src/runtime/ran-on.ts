import type { CudaOptions } from '../cuda/options.js'
import { arithmeticOn } from './arithmetic.js'
import type { RanNode } from './profile.js'
import type { EngineName, Provider, ProviderOptions } from './provider.js'
import type { Session } from './session.js'

/** What a session really ran on, as reports tell it. */
export interface RanOn {
  readonly provider: Provider | 'none'
  /** The binding and its version. */
  readonly runtime: string
  /** Why `auto` took this provider, where it was asked for. */
  readonly providerReason?: string
  /** The nodes that stayed on the CPU where another provider was asked for; absent where none did. */
  readonly cpuNodes?: readonly RanNode[]
  /**
   * Whether float32 convolutions round their operands to TF32 there, as the arithmetic of a small one showed; on CUDA
   * alone. Of a network that has none, such as one in float16, it says nothing.
   */
  readonly tf32?: boolean
}

const bindings: Readonly<Record<EngineName, string>> = {
  'onnxruntime-node': 'onnxruntime-node',
  'c-api': 'onnxruntime C API',
}

/** What small convolutions showed on CUDA, each asked once: what holds for a session's options holds for the process. */
const shown = new Map<string, Promise<boolean>>()

function isTf32(engine: EngineName, cuda: CudaOptions | undefined): Promise<boolean> {
  const question = JSON.stringify({ engine, cuda })
  const asking =
    shown.get(question) ??
    arithmeticOn({ provider: 'cuda', engine, cuda }).then(
      ({ tf32 }) => tf32,
      (error) => {
        shown.delete(question)
        throw error
      },
    )
  shown.set(question, asking)
  return asking
}

/** What a session ran on, which was opened by these options; on CUDA a small convolution tells its arithmetic. */
export async function ranOn(session: Session, { cuda }: ProviderOptions): Promise<RanOn> {
  const { provider, version, engine, providerReason, cpuNodes } = session
  const tf32 = provider === 'cuda' ? await isTf32(engine, cuda) : undefined
  return {
    provider: provider ?? 'none',
    runtime: `${bindings[engine]} ${version}`,
    ...(providerReason !== undefined && { providerReason }),
    ...(cpuNodes.length > 0 && { cpuNodes }),
    ...(tf32 !== undefined && { tf32 }),
  }
}
