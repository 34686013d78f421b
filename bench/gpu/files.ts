import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { toOnnx } from '../../src/build/to-onnx.js'
import { type Compilation, compile } from '../../src/compile.js'
import { parametersOf } from '../../src/compiler/graph.js'
import { zooModel } from '../../src/models/zoo.js'
import { seededInput } from '../../src/runtime/inputs.js'
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

/** An ONNX file of the same weights: through the passes of `ort-cuda`, or through none. */
export function onnxFile(
  { network, height, width }: Subject,
  {
    batch,
    precision,
    passes,
  }: { readonly batch: number; readonly precision: Precision; readonly passes: boolean },
  folder: string,
): Promise<string> {
  // TF32 is a way to run a file of float32.
  const written = precision === 'tf32' ? 'float32' : precision
  const name = `${network}-${height}x${width}-${batch}-${written}-${passes ? 'heddle' : 'plain'}.onnx`
  return made(folder, name, () =>
    toOnnx(zooModel(network), {
      size: { batch, height, width },
      target: targets['ort-cuda'],
      precision: written,
      ...(passes ? {} : { passes: [] }),
    }).chunks(),
  )
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

export function writeText(path: string, text: string): void {
  writeFileSync(`${path}.part`, text)
  renameSync(`${path}.part`, path)
}
