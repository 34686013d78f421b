import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type OnnxOptions, prepare, toOnnx } from '../../src/build/to-onnx.js'
import { type Compilation, compile } from '../../src/compile.js'
import { parametersOf } from '../../src/compiler/graph.js'
import { zooModel } from '../../src/models/zoo.js'
import { seededInput } from '../../src/runtime/inputs.js'
import { launchesIn } from '../../src/targets/costs/launches.js'
import { targets } from '../../src/targets/targets.js'
import { safetensorsOf } from '../../src/weights/formats/write-safetensors.js'
import { seeded } from '../../src/weights/seeded/seeded.js'
import type { Precision, Subject } from './plan.js'

/** The network as it is written, for a batch: what counts are taken of. */
export function asWritten({ network, height, width }: Subject, batch: number): Compilation {
  return compile(zooModel(network), { size: { batch, height, width }, passes: [] })
}

/** Drawn weights as safetensors, which PyTorch reads; those of a network are the same at every size. */
export async function weightsFile(subject: Subject, folder: string): Promise<string> {
  const { plain } = asWritten(subject, 1)
  const weights = seeded(plain, 0)
  const tensors = parametersOf(plain).map((parameter) => ({
    name: parameter.attributes.name,
    type: 'float32' as const,
    shape: parameter.type.shape as readonly number[],
    async *pieces(): AsyncGenerator<Uint8Array> {
      const { buffer, byteOffset, byteLength } = await weights.read(parameter)
      yield new Uint8Array(buffer, byteOffset, byteLength)
    },
  }))
  return made(folder, `${subject.network}.safetensors`, () => safetensorsOf(tensors).chunks())
}

/** One image of numbers of mean 0 and variance 1, as float32. */
export function imageFile({ height, width }: Subject, folder: string): Promise<string> {
  return made(folder, `image-${height}x${width}`, async function* () {
    const { buffer } = seededInput(3 * height * width, 0)
    yield new Uint8Array(buffer)
  })
}

/** How a file is made of a network. */
export interface Making {
  readonly batch: number
  readonly precision: Precision
  /** Whether it goes through the passes of `ort-cuda`, or through none. */
  readonly passes: boolean
  readonly streams?: number | undefined
}

/** An ONNX file, of the weights of `weightsFile`. */
export function onnxFile(subject: Subject, making: Making, folder: string): Promise<string> {
  const { network, height, width } = subject
  const { batch, precision, passes, streams = 1 } = making
  const name = `${network}-${height}x${width}-${batch}-${precision}-${passes ? 'heddle' : 'plain'}${streams > 1 ? `-${streams}` : ''}.onnx`
  return made(folder, name, () => toOnnx(zooModel(network), optionsOf(subject, making)).chunks())
}

/** What ONNX Runtime launches for each run of such a file, by the costs of `ort-cuda`: kernels, and calls of cuDNN. */
export function launchesOfFile(subject: Subject, making: Making): number {
  const { compilation } = prepare(zooModel(subject.network), optionsOf(subject, making))
  return launchesIn(compilation.graph).kernels
}

function optionsOf(
  { height, width }: Subject,
  { batch, precision, passes, streams }: Making,
): OnnxOptions {
  return {
    size: { batch, height, width },
    target: targets['ort-cuda'],
    streams,
    // TF32 is a way to run a file of float32.
    precision: precision === 'tf32' ? 'float32' : precision,
    ...(passes ? {} : { passes: [] }),
  }
}

/** A file that is there once it is whole. */
async function made(
  folder: string,
  name: string,
  chunks: () => AsyncIterable<Uint8Array>,
): Promise<string> {
  const path = join(folder, name)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const part = `${path}.part`
  const file = await open(part, 'w')
  try {
    for await (const chunk of chunks()) await file.write(chunk)
  } finally {
    await file.close()
  }
  renameSync(part, path)
  return path
}

export function remove(path: string): void {
  rmSync(path, { force: true })
}
