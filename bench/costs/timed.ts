import ort from 'onnxruntime-node'
import { toOnnx } from '../../src/build/to-onnx.js'
import type { Model } from '../../src/dsl/model.js'
import { seededInput } from '../../src/runtime/inputs.js'

/** A network in ONNX Runtime, one thread, as its users have it. */
export interface Timed {
  /** Runs it so many times: nanoseconds of processor for one of them. */
  run(count: number): Promise<number>
  close(): Promise<void>
}

export async function timed(network: Model, size?: readonly [number, number]): Promise<Timed> {
  const [height, width] = size ?? network.image.size
  const pieces: Uint8Array[] = []
  for await (const piece of toOnnx(network, { size: { height, width } }).chunks())
    pieces.push(piece)
  const session = await ort.InferenceSession.create(Buffer.concat(pieces), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  const shape = [1, network.image.channels, height, width]
  const image = seededInput(
    shape.reduce((a, b) => a * b),
    0,
  )
  const feeds = { [session.inputNames[0] as string]: new ort.Tensor('float32', image, shape) }
  return {
    async run(count) {
      const start = process.cpuUsage()
      for (let i = 0; i < count; i++) await session.run(feeds)
      const { user, system } = process.cpuUsage(start)
      return (1000 * (user + system)) / count
    },
    close: () => session.release(),
  }
}
