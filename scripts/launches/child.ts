/**
 * `child.js MODEL RUNTIME [STREAMS]`, on the stub libraries, with the main file of an onnxruntime-node: runs a file twice on CUDA alone, and writes how long the log
 * was before the second run.
 */
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'

const [model = '', runtime = '', streams] = process.argv.slice(2)
const { InferenceSession, Tensor } = createRequire(runtime)(
  runtime,
) as typeof import('onnxruntime-node')
const session = await InferenceSession.create(model, {
  executionProviders: ['cuda'],
  extra: {
    session: {
      disable_cpu_ep_fallback: '1',
      ...(streams === undefined ? {} : { node_partition_config_file: streams }),
    },
  },
})
const feeds = Object.fromEntries(
  session.inputMetadata.flatMap((input) => {
    if (!input.isTensor) return []
    const shape = input.shape as readonly number[]
    const zeros = new Float32Array(shape.reduce((product, side) => product * side, 1))
    return [[input.name, new Tensor('float32', zeros, shape)]]
  }),
)
await session.run(feeds)
process.stdout.write(String(statSync(process.env.FAKE_CUDA_LOG as string).size))
await session.run(feeds)
