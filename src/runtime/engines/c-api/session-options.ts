import { join } from 'node:path'
import type { CudaOptions } from '../../../cuda/options.js'
import type { EngineOptions } from '../../engine.js'
import type { OrtApi, Pointer } from './functions.js'
import { given } from './handles.js'

/** ONNX Runtime's own numbers. */
const [optimizeNothing, optimizeAll, errorsOnly] = [0, 99, 3]

/** Options of a session; the caller releases them. */
export function sessionOptions(ort: OrtApi, options: EngineOptions): Pointer {
  const to = given((cell) => ort.CreateSessionOptions(cell))
  try {
    set(ort, to, options)
  } catch (error) {
    ort.ReleaseSessionOptions(to)
    throw error
  }
  return to
}

function set(ort: OrtApi, to: Pointer, options: EngineOptions): void {
  const { provider, cuda, optimize, threads, memoryPattern, profile, partition } = options
  ort.SetSessionLogSeverityLevel(to, errorsOnly)
  ort.SetSessionGraphOptimizationLevel(to, optimize ? optimizeAll : optimizeNothing)
  if (threads) ort.SetIntraOpNumThreads(to, threads)
  if (!memoryPattern) ort.DisableMemPattern(to)
  if (profile) ort.EnableProfiling(to, join(profile, 'run'))
  // What is computed beside it in float64 needs the processor on which its threads would wait.
  ort.AddSessionConfigEntry(to, 'session.intra_op.allow_spinning', '0')
  if (partition) ort.AddSessionConfigEntry(to, 'session.node_partition_config_file', partition)
  if (provider === 'cuda') appendCuda(ort, to, cuda)
  if (provider === 'webgpu') ort.SessionOptionsAppendExecutionProvider(to, 'WebGPU', [], [], 0)
}

/** What is not asked for stays as ONNX Runtime has it. */
function appendCuda(ort: OrtApi, to: Pointer, cuda: CudaOptions): void {
  const asked = {
    use_tf32: cuda.tf32,
    enable_cuda_graph: cuda.graph,
    fuse_conv_bias: cuda.fuseConvBias,
    prefer_nhwc: cuda.nhwc,
  }
  const said = Object.entries(asked).filter(([, value]) => value !== undefined)
  const names = said.map(([name]) => name)
  const values = said.map(([, value]) => (value ? '1' : '0'))
  const options = given((cell) => ort.CreateCUDAProviderOptions(cell))
  try {
    ort.UpdateCUDAProviderOptions(options, names, values, names.length)
    ort.SessionOptionsAppendExecutionProvider_CUDA_V2(to, options)
  } finally {
    ort.ReleaseCUDAProviderOptions(options)
  }
}
