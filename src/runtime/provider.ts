import type { CudaOptions } from '../cuda/options.js'

/** What of ONNX Runtime computes: a processor, an NVIDIA GPU, or a GPU by way of WebGPU (Dawn). */
export type Provider = 'cpu' | 'cuda' | 'webgpu'

/** What may be asked for; `auto` is CUDA where it works, else the CPU. */
export type ProviderChoice = Provider | 'auto'

export const providers: readonly Provider[] = ['cpu', 'cuda', 'webgpu']

/** By whose binding ONNX Runtime is called: npm's onnxruntime-node, or its C API through koffi. */
export type EngineName = 'onnxruntime-node' | 'c-api'

export const engines: readonly EngineName[] = ['onnxruntime-node', 'c-api']

/** What a network is to run on. */
export interface ProviderOptions {
  /** What computes (cpu). On any other, each node that stays on the CPU is an error, and the first run is profiled. */
  readonly provider?: ProviderChoice | undefined
  /** Whether some nodes may stay on the CPU: `cpuNodes` tells which. */
  readonly allowCpuNodes?: boolean | undefined
  readonly cuda?: CudaOptions | undefined
  /** By whose binding ONNX Runtime is called (onnxruntime-node). */
  readonly engine?: EngineName | undefined
}

/** Of options that say more besides, those of the provider. */
export function providerIn({
  provider,
  allowCpuNodes,
  cuda,
  engine,
}: ProviderOptions): ProviderOptions {
  return { provider, allowCpuNodes, cuda, engine }
}
