import { writeFileSync } from 'node:fs'
import { parametersOf } from '../../src/compiler/graph.js'
import type { Model } from '../../src/dsl/model.js'
import { seeded } from '../../src/weights/seeded/seeded.js'
import { safetensors } from './safetensors.js'

/** Writes the seeded weights of a network (seed 0) as a safetensors file. */
export async function writeSeeded(path: string, { graph }: Model): Promise<void> {
  const weights = seeded(graph, 0)
  const written = []
  for (const parameter of parametersOf(graph)) {
    const { name, shape } = parameter.attributes
    written.push({ name, shape, values: await weights.read(parameter) })
  }
  writeFileSync(path, safetensors(written))
}
