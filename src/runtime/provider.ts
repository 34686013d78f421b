/** What of ONNX Runtime computes: a processor, an NVIDIA GPU, or a GPU by way of WebGPU (Dawn). */
export type Provider = 'cpu' | 'cuda' | 'webgpu'

/** What may be asked for; `auto` is CUDA where it works, else the CPU. */
export type ProviderChoice = Provider | 'auto'

export const providers: readonly Provider[] = ['cpu', 'cuda', 'webgpu']

/** By whose binding ONNX Runtime is called: npm's onnxruntime-node, or its C API through koffi. */
export type EngineName = 'onnxruntime-node' | 'c-api'

export const engines: readonly EngineName[] = ['onnxruntime-node', 'c-api']
