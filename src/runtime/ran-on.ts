import type { RanNode } from './profile.js'
import type { EngineName, Provider } from './provider.js'
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
  /** Whether float32 convolutions rounded their operands to TF32, as arithmetic showed; on CUDA alone. */
  readonly tf32?: boolean
}

const bindings: Readonly<Record<EngineName, string>> = {
  'onnxruntime-node': 'onnxruntime-node',
}

export function ranOn({
  provider,
  version,
  engine,
  providerReason,
  cpuNodes,
  tf32,
}: Session): RanOn {
  return {
    provider: provider ?? 'none',
    runtime: `${bindings[engine]} ${version}`,
    ...(providerReason !== undefined && { providerReason }),
    ...(cpuNodes.length > 0 && { cpuNodes }),
    ...(tf32 !== undefined && { tf32 }),
  }
}
