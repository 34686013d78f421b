import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { loadCuda } from '../../cuda/load.js'
import type { OpenEngine } from '../engine.js'
import { findRuntime } from '../find.js'
import type { Port, TensorData, Tensors } from '../tensor.js'

type Runtime = typeof import('onnxruntime-node')

/** npm's own binding of ONNX Runtime: each run copies its tensors in and out. */
export const openOnnxRuntimeNode: OpenEngine = async (options, during) => {
  const { model, provider, cuda, optimize, threads, memoryPattern, profile, folder } = options
  const { partition } = options
  during('find')
  const entry = findRuntime(folder)
  during('import')
  if (provider === 'cuda') loadCuda(entry, cuda)
  const runtime = (await import(pathToFileURL(entry).href)).default as Runtime
  runtime.env.logLevel = 'error'
  during('open')
  const session = await runtime.InferenceSession.create(model as string, {
    executionProviders: [provider],
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
    enableMemPattern: memoryPattern,
    logSeverityLevel: 3,
    ...(threads ? { intraOpNumThreads: threads } : {}),
    // What is computed beside it in float64 needs the processor on which its threads would wait.
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        ...(partition && { node_partition_config_file: partition }),
      },
    },
    ...(profile ? { enableProfiling: true, profileFilePrefix: join(profile, 'run') } : {}),
  })
  return {
    inputs: portsOf(session.inputMetadata),
    outputs: portsOf(session.outputMetadata),
    version: runtime.env.versions.node ?? '',
    async run(feeds, fetches) {
      const given = Object.entries(feeds).map(([name, x]) => [name, toRuntime(runtime, x)])
      return toTensors(await session.run(Object.fromEntries(given), fetches))
    },
    endProfile: () => session.endProfiling(),
    close: () => session.release(),
  }
}

function toRuntime(runtime: Runtime, { data, dims, type = 'float32' }: TensorData): Tensor {
  return new runtime.Tensor(type as 'float32', data as Float32Array, dims)
}

function toTensors(made: InferenceSession.OnnxValueMapType): Tensors {
  return Object.fromEntries(
    Object.entries(made).map(([name, value]) => {
      const { data, dims, type } = value as Tensor
      return [name, { data, dims, type } as TensorData]
    }),
  )
}

function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): Port[] {
  return metadata.map((m) => ({
    name: m.name,
    type: m.isTensor ? (m.type as Port['type']) : 'other',
    shape: m.isTensor ? m.shape : [],
  }))
}
