import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { parametersOf } from '../../src/compiler/graph.js'
import type { Model } from '../../src/dsl/model.js'
import { seeded } from '../../src/weights/seeded/seeded.js'
import { safetensors, type Written } from './safetensors.js'

/** What a network's parameters are called in a file, and which are left out (undefined). */
export type Rename = (name: string) => string | undefined

/** The seeded parameters of a network as tensors of a file. */
export function tensorsOf(model: Model, rename: Rename = (name) => name): readonly Written[] {
  const weights = seeded(model.graph, 0)
  return parametersOf(model.graph).flatMap((parameter) => {
    const { name, shape } = parameter.attributes
    const key = rename(name)
    if (key === undefined) return []
    return [{ name: key, shape, values: weights.read(parameter) as Float32Array }]
  })
}

/** A safetensors file in a folder of the test's. */
export function writtenFile(
  t: Test,
  tensors: readonly Written[],
  name = 'net.safetensors',
): string {
  const path = join(t.testdir(), name)
  writeFileSync(path, safetensors(tensors))
  return path
}
