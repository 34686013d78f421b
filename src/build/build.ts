import { expectRunFits, largestMachine, trainedCount } from '../analysis/footprint.js'
import type { PassReport } from '../compile.js'
import { parametersOf } from '../compiler/graph.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { type Explanation, explain } from '../explain.js'
import { weightKeeping } from '../passes/pipeline.js'
import { memoryHere } from '../runtime/memory.js'
import { ordered } from '../targets/lists.js'
import { portable } from '../targets/portable.js'
import type { Precision, TargetName } from '../targets/target.js'
import { type CompileForOptions, compileFor } from './compile-for.js'
import { inPlace } from './in-place.js'
import { type Calibration, lower, loweringOf } from './to-onnx.js'
import { writeLowered } from './write-onnx.js'

export interface BuildOptions extends CompileForOptions {
  /** Where the file goes. */
  readonly output: string
  /** Whether the weights go into a file beside it, `{output}.data` (past 1.5 GiB). */
  readonly external?: boolean | undefined
  /**
   * Whether the file refers to its weights where they lie: in an untouched safetensors file in its own folder.
   * Only passes that change no weight are run then.
   */
  readonly inPlace?: boolean | undefined
}

export interface BuildReport {
  readonly path: string
  /** Where the weights are, if not in the file itself. */
  readonly dataPath?: string
  /** The files in whose place the weights were left. */
  readonly weightPaths?: readonly string[]
  /** Of all that was written. */
  readonly bytes: number
  /** The network's, as written: weights, biases, scales and shifts, before any pass. */
  readonly parameters: number
  /** Of the file. */
  readonly nodes: number
  readonly passes: readonly PassReport[]
  readonly precision: Precision
  readonly target: TargetName
  /** What the target's cost model says of each pass. */
  readonly explanation: Explanation
  /** What its ranges were learnt from, in int8. */
  readonly calibration?: Calibration
}

/**
 * Compiles a network and writes it as ONNX, whole or not at all. The same network, options and weights
 * give the same bytes. Weights are evaluated one at a time, as they are written.
 * @throws {NetworkError} where the network does not take the size.
 * @throws {InputError} where an option is out of range, no machine could run it, there is no room for the file,
 * it would replace a file of the weights, or weights cannot stay in place.
 */
export async function build(model: Model, options: BuildOptions): Promise<BuildReport> {
  const { output, external, signal, progress } = options
  signal?.throwIfAborted()
  expectTogether(options)
  progress?.({ phase: 'compile', done: 0, total: 1 })
  const memory = memoryHere()
  const { target = portable, lowMemory = false, passes } = options
  const keeping = [...weightKeeping, ...ordered(target, { lowMemory })]
  const asked = options.inPlace ? { ...options, passes: passes ?? keeping } : options
  const compiled = await compileFor(model, asked, memory)
  const { compilation, weights, calibration } = compiled
  const kept = options.inPlace ? inPlace(output, compilation.graph, weights) : undefined
  const lowered = lower(compilation.graph, weights, {
    ...loweringOf(model, compiled, options),
    ...(kept && { keep: kept.keep }),
  })
  expectRunFits(compilation.plain, Math.max(memory, largestMachine))
  progress?.({ phase: 'compile', done: 1, total: 1 })
  // Nothing else reads them, and what would be refused in a file of heddle's is refused here.
  if (kept)
    for (const parameter of parametersOf(compilation.plain)) {
      signal?.throwIfAborted()
      await weights.read(parameter)
    }
  const reads = options.weights?.files
  const written = await writeLowered(lowered, output, { external, reads, signal, progress })
  return {
    path: written.path,
    ...(written.dataPath === undefined ? {} : { dataPath: written.dataPath }),
    ...(kept && { weightPaths: kept.paths }),
    bytes: written.bytes,
    parameters: trainedCount(compilation.plain),
    nodes: written.emission.nodes,
    passes: compilation.passes,
    precision: options.precision ?? 'float32',
    target: compilation.target.name,
    explanation: explain(compilation),
    ...(calibration && { calibration }),
  }
}

/** @throws {InputError} where what is asked for of the weights does not go together. */
function expectTogether({ inPlace, weights, external, passes, precision }: BuildOptions): void {
  if (!inPlace) return
  if (!weights)
    throw new InputError({
      problem: 'weights are to stay in place, and there is no file of weights',
      remedy: 'Give a safetensors file in the folder of the model.',
    })
  if (external)
    throw new InputError({
      problem: 'weights are to stay in place, and to go into a file of their own',
      remedy: 'Ask for one of the two.',
    })
  if (precision !== undefined && precision !== 'float32')
    throw new InputError({
      problem: `weights are to stay in place, where they are float32, and the network is asked for in ${precision}`,
      remedy: 'Ask for one of the two.',
    })
  const changing = passes?.find((pass) => !weightKeeping.includes(pass))
  if (changing)
    throw new InputError({
      problem: `weights are to stay in place, and pass ${changing.name} may change them`,
      remedy: `Leave passes out, or take of ${weightKeeping.map(({ name }) => name).join(' and ')}.`,
    })
}
