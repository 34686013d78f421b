import { expectRunFits, largestMachine, trainedCount } from '../analysis/footprint.js'
import type { PassReport } from '../compile.js'
import type { Model } from '../dsl/model.js'
import type { Progress } from '../progress.js'
import { memoryHere } from '../runtime/memory.js'
import { lowerModel, type OnnxOptions } from './to-onnx.js'
import { writeLowered } from './write-onnx.js'

export interface BuildOptions extends OnnxOptions {
  /** Where the file goes. */
  readonly output: string
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
 * @throws {InputError} where an option is out of range, no machine could run it, or there is no room for the file.
 */
export async function build(model: Model, options: BuildOptions): Promise<BuildReport> {
  const { output, external, signal, progress } = options
  signal?.throwIfAborted()
  progress?.({ phase: 'compile', done: 0, total: 1 })
  const memory = memoryHere()
  const { compilation, lowered } = lowerModel(model, options, memory)
  expectRunFits(compilation.plain, Math.max(memory, largestMachine))
  progress?.({ phase: 'compile', done: 1, total: 1 })
  const written = await writeLowered(lowered, output, { external, signal, progress })
  return {
    path: written.path,
    ...(written.dataPath === undefined ? {} : { dataPath: written.dataPath }),
    bytes: written.bytes,
    parameters: trainedCount(compilation.plain),
    nodes: written.emission.nodes,
    passes: compilation.passes,
  }
}
