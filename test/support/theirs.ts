import type { Model } from '../../src/dsl/model.js'
import type { ZooOptions } from '../../src/models/family.js'
import { compare } from '../../src/runtime/compare.js'
import type { TensorData, Tensors } from '../../src/runtime/tensor.js'
import { ruledImage } from './ruled.js'

/** What test/fixtures/fidelity/make.py recorded of a network of the authors' own code. */
export interface Theirs {
  /** heddle's name of it. */
  readonly network: string
  readonly options: ZooOptions
  /** [height, width] */
  readonly size: readonly [number, number]
  readonly outputs: readonly Output[]
}

interface Output {
  readonly shape: readonly number[]
  /** Which elements are recorded: each `every`-th in row-major order. */
  readonly every: number
  /** How far their own float32 runs are from their float64 run: max |Δ| / max |output|. */
  readonly error: number
}

/** How many times the authors' own error ours may be. */
export const limit = 2

/** The input that the authors' network was given, under the name that heddle's has for it. */
export function inputOf({ image }: Model, { size: [height, width] }: Theirs): Tensors {
  return { [image.name]: { data: ruledImage(height, width), dims: [1, 3, height, width] } }
}

/** An output of heddle's held against that of the authors in float64. */
export interface Fidelity {
  readonly name: string
  /** max |Δ| / max |theirs|; NaN where shapes differ. */
  readonly ours: number
  /** The same of their float32 runs. */
  readonly theirs: number
  readonly ok: boolean
}

/** Compares outputs, in the model's order, with `recorded`: float64, little-endian, one output after the other. */
export function fidelityOf(
  model: Model,
  results: Tensors,
  { outputs }: Theirs,
  recorded: Buffer,
): readonly Fidelity[] {
  let at = 0
  const compared = model.graph.outputs.map(({ name }, i) => {
    const { shape, every, error } = outputs[i] as Output
    const length = Math.ceil(shape.reduce((a, b) => a * b, 1) / every)
    const reference = Float64Array.from({ length }, (_, j) => recorded.readDoubleLE(at + 8 * j))
    at += 8 * length
    const { data, dims } = results[name] as { data: Float32Array; dims: readonly number[] }
    const sampled = data.filter((_, j) => j % every === 0)
    const tensor = (values: TensorData['data']): TensorData => ({ data: values, dims: [length] })
    const { relative } = compare(name, tensor(reference), tensor(sampled), limit * error)
    const ours = dims.join() === shape.join() ? relative : Number.NaN
    return { name, ours, theirs: error, ok: ours <= limit * error }
  })
  if (at !== recorded.length) throw new Error(`${recorded.length} bytes of outputs, not ${at}`)
  return compared
}
