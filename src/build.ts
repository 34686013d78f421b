import { compile, type PassReport } from './compile.js'
import type { Pass } from './compiler/rewrite.js'
import type { InputSize } from './compiler/specialise.js'
import type { Model } from './dsl/model.js'
import { InputError } from './errors.js'
import { expectTensorsFit, trainedCount } from './footprint.js'
import { lower, writeLowered } from './lower.js'
import type { Progress } from './progress.js'
import { printSide } from './run-size.js'
import { seeded } from './weights/seeded.js'
import type { Weights } from './weights/source.js'

export interface BuildOptions {
  /** Where the file goes. */
  readonly output: string
  /** Batch, height and width, each a number or free (one image of the model's own size). */
  readonly size?: Partial<InputSize> | undefined
  readonly passes?: readonly Pass[] | undefined
  /** ONNX's, 13 to 21 (17). */
  readonly opset?: number | undefined
  /** Of the initialisation (0); not with `weights`. */
  readonly seed?: number | undefined
  readonly weights?: Weights | undefined
  /** Whether the weights go into a file beside it, `{output}.data` (past 1.5 GiB). */
  readonly external?: boolean | undefined
  /** Ends the work with the signal's reason, and leaves no file. */
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
}

export interface BuildReport {
  readonly path: string
  /** Where the weights are, if not in the file itself. */
  readonly dataPath?: string
  /** Of all that was written. */
  readonly bytes: number
  /** The network's, as written: weights, biases, scales and shifts, before any pass. */
  readonly parameters: number
  /** Of the file. */
  readonly nodes: number
  readonly passes: readonly PassReport[]
}

/**
 * Compiles a network and writes it as ONNX, whole or not at all. The same network, options and weights
 * give the same bytes. Weights are evaluated one at a time, as they are written.
 * @throws {NetworkError} where the network does not take the size.
 * @throws {InputError} where an option is out of range, or there is no room for the file.
 */
export async function build(model: Model, options: BuildOptions): Promise<BuildReport> {
  const { output, seed, opset, external, signal, progress } = options
  signal?.throwIfAborted()
  if (options.weights && seed !== undefined)
    throw new InputError({
      problem: `a seed (${seed}) together with weights (${options.weights.label})`,
      remedy: 'Give one of them.',
    })
  progress?.({ phase: 'compile', done: 0, total: 1 })
  const compilation = compile(model, {
    ...(options.size ? { size: options.size } : {}),
    ...(options.passes ? { passes: options.passes } : {}),
  })
  const { plain, graph, size, passes } = compilation
  expectTensorsFit(plain)
  const weights = options.weights ?? seeded(plain, seed ?? 0)
  progress?.({ phase: 'compile', done: 1, total: 1 })
  const metadata = {
    model: model.name,
    weights: weights.label,
    input: [size.batch, size.height, size.width].map(printSide).join('x'),
    passes: passes.map(({ name }) => name).join(', ') || 'none',
  }
  const lowered = lower(graph, weights, { ...(opset === undefined ? {} : { opset }), metadata })
  const written = await writeLowered(lowered, output, { external, signal, progress })
  return {
    path: written.path,
    ...(written.dataPath === undefined ? {} : { dataPath: written.dataPath }),
    bytes: written.bytes,
    parameters: trainedCount(plain),
    nodes: written.emission.nodes,
    passes,
  }
}
