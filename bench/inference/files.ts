import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../../src/build/build.js'
import { type Checkpoint, openCheckpoint } from '../../src/checkpoint/open.js'
import { compile } from '../../src/compile.js'
import { print } from '../../src/compiler/print.js'
import { zooModel } from '../../src/models/zoo.js'
import type { Baseline, Network } from './networks.js'
import type { Opened } from './runner.js'
import type { Variant } from './variants.js'

/** The files of one network's variants, of the weights that its baseline has. */
export interface Files {
  /** Whether two variants are the same network, so that there is nothing to measure. */
  same(a: Variant, b: Variant): boolean
  /** A variant's file; of the same network there is one. */
  file(variant: Variant): Promise<Opened>
  close(): Promise<void>
}

export async function openFiles(network: Network, from: Baseline, folder: string): Promise<Files> {
  const { height, width } = network
  const model = zooModel(network.name)
  const checkpoint: Checkpoint = await openCheckpoint(from.weights)
  const weights = checkpoint.bind(model)
  const size = { height, width }
  const texts = new Map<Variant, string>()
  /** The network that a variant is, and how it is written and run. */
  const textOf = (variant: Variant): string => {
    const {
      target,
      passes,
      precision = 'float32',
      lowMemory = false,
      external,
    } = variant.build ?? {}
    const options = {
      size,
      goal: { precision, lowMemory },
      ...(target && { target }),
      ...(passes && { passes }),
    }
    const known =
      texts.get(variant) ??
      JSON.stringify([
        variant.build ? print(compile(model, options).graph) : 'given',
        precision,
        external ?? false,
        variant.memoryPattern,
      ])
    texts.set(variant, known)
    return known
  }
  const built = new Map<string, Promise<string>>()
  const write = async ({ build: options }: Variant): Promise<string> => {
    if (!options) return from.file
    const output = join(folder, `${network.name}-${built.size}.onnx`)
    mkdirSync(folder, { recursive: true })
    const { path } = await build(model, { ...options, weights, size, output })
    return path
  }
  return {
    same: (a, b) => textOf(a) === textOf(b),
    async file(variant) {
      const known = built.get(textOf(variant)) ?? write(variant)
      built.set(textOf(variant), known)
      return { path: await known, memoryPattern: variant.memoryPattern }
    },
    close: () => checkpoint.close(),
  }
}
