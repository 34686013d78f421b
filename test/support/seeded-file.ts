import { writeFileSync } from 'node:fs'
import { parametersOf } from '../../src/compiler/graph.js'
import type { Model } from '../../src/dsl/model.js'
import { safetensorsOf } from '../../src/weights/formats/write-safetensors.js'
import { seeded } from '../../src/weights/seeded.js'

/** Writes the seeded weights of a network as a safetensors file. */
export async function writeSeeded(path: string, { graph }: Model, seed = 0): Promise<void> {
  const weights = seeded(graph, seed)
  const { chunks } = safetensorsOf(
    parametersOf(graph).map((parameter) => ({
      name: parameter.attributes.name,
      type: 'float32',
      shape: parameter.attributes.shape,
      async *pieces() {
        yield new Uint8Array((await weights.read(parameter)).buffer)
      },
    })),
  )
  const pieces: Uint8Array[] = []
  for await (const piece of chunks()) pieces.push(piece)
  writeFileSync(path, Buffer.concat(pieces))
}
