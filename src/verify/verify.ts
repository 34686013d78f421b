import { expectRunFits, expectTensorsFit } from '../analysis/footprint.js'
import { type OpenGraph, withGraph, withSession } from '../build/open-graph.js'
import type { Graph } from '../compiler/graph.js'
import type { NodeOf, TensorType, Value } from '../compiler/node.js'
import type { Pass } from '../compiler/rewrite.js'
import type { InputSize } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import type { Progress } from '../progress.js'
import type { Comparison } from '../runtime/compare.js'
import { seededTensor } from '../runtime/inputs.js'
import { memoryHere } from '../runtime/memory.js'
import { openSession, type Session } from '../runtime/session.js'
import type { TensorData, Tensors } from '../runtime/tensor.js'
import { seeded } from '../weights/seeded/seeded.js'
import { copied, type Weights } from '../weights/source.js'
import { compileRun } from './compile-run.js'
import { expectPorts } from './expect-ports.js'
import { compareSurvivors, type FeatureReport, survivorsOf } from './features.js'
import { compareValue, scoresOf } from './labels.js'
import { defaultTolerance, featureSlack, fileTolerance } from './tolerance.js'

export interface VerifyOptions {
  /** What the network is compiled for (a small size); a side that is free is small in the run. */
  readonly size?: Partial<InputSize> | undefined
  /** What it is run on, [batch, channels, height, width], in place of seeded numbers. */
  readonly input?: TensorData | undefined
  /** A file built of this model with the same options, checked in place of what would be written now. */
  readonly path?: string | undefined
  readonly passes?: readonly Pass[] | undefined
  readonly opset?: number | undefined
  /** Of weights and input (0). */
  readonly seed?: number | undefined
  readonly weights?: Weights | undefined
  /** What max |Δ| / max |reference| may be at each output (1e-5; 5e-5 with `weights`), at features 10 times that. */
  readonly tolerance?: number | undefined
  /** Whether every intermediate value that survives the passes is compared too. */
  readonly features?: boolean | undefined
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
}

export interface VerifyReport {
  readonly model: string
  /** Whether all that was compared is within tolerance. */
  readonly ok: boolean
  /** What the compiled network really ran on, by ONNX Runtime's own profile. */
  readonly provider: string
  /** onnxruntime-node and its version. */
  readonly runtime: string
  /** The shape of what it was run on. */
  readonly input: readonly number[]
  /** Whether heddle chose height and width, because nobody stated them. */
  readonly chosen: boolean
  readonly seed: number
  readonly outputs: readonly Comparison[]
  readonly features?: FeatureReport
}

/**
 * Runs a network twice on the same input and compares its outputs: as written, without a pass and with
 * ONNX Runtime's optimiser off; and as compiled, with the optimiser on, as users have it.
 * @throws {NetworkError} where the network does not take the size.
 * @throws {InputError} where an option is out of range, or the run would not fit the machine's memory.
 * @throws {RuntimeError} where onnxruntime-node is missing or fails.
 */
export async function verify(model: Model, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { seed = 0, opset, path, signal, progress } = options
  const tolerance = options.tolerance ?? (options.weights ? fileTolerance : defaultTolerance)
  signal?.throwIfAborted()
  progress?.({ phase: 'compile', done: 0, total: 1 })
  const { plan, compilation, candidate } = compileRun(model, options)
  const { plain } = compilation
  const memory = memoryHere()
  expectTensorsFit(plain, memory)
  expectRunFits(plain, memory)
  const weights = options.weights ? copied(options.weights) : seeded(plain, seed)
  const { name } = model.image
  const [input] = plain.inputs as readonly [NodeOf<'input'>]
  const { element: type, shape } = input.type as TensorType & { shape: readonly number[] }
  const image = options.input ?? seededTensor({ name, type, shape }, shape, seed)
  const feeds: Tensors = { [name]: image }
  progress?.({ phase: 'compile', done: 1, total: 1 })

  // Two graphs loaded and run; with features two more loaded, and run together.
  const total = options.features ? 7 : 4
  const told = (phase: 'load' | 'run', done: number): void => progress?.({ phase, done, total })
  const withOpen = <R>(
    graph: Graph,
    optimize: boolean,
    features: readonly Value[] | undefined,
    body: (open: OpenGraph) => Promise<R>,
  ): Promise<R> => withGraph(graph, weights, { optimize, features, opset, signal }, body)

  told('load', 0)
  const values = plain.outputs.map(({ value }) => value)
  const reference = await withOpen(plain, false, scoresOf(values), async (open) => {
    told('run', 1)
    return { results: await open.session.run(feeds), nameOf: open.nameOf }
  })
  told('load', 2)
  const runLast = async (session: Session): Promise<Last> => {
    if (path !== undefined) expectPorts(session, model, shape, path)
    told('run', 3)
    const results = await session.run(feeds)
    return { results, provider: session.provider ?? 'none', version: session.version }
  }
  const last =
    path === undefined
      ? await withOpen(candidate, true, undefined, ({ session }) => runLast(session))
      : await withSession(openSession(path, { optimize: true, profile: true, signal }), runLast)
  const outputs = plain.outputs.map(({ name, value }) =>
    compareValue(value, name, reference, last.results[name] as TensorData, tolerance),
  )
  const featuresOf = async (): Promise<FeatureReport> => {
    const { survivors, gone } = survivorsOf(compilation)
    const values = survivors.map(({ plain }) => plain)
    const plains = [...values, ...scoresOf(values)]
    const finals = [...new Set(survivors.map(({ final }) => final))]
    told('load', 4)
    const compared = await withOpen(plain, false, plains, (left) => {
      told('load', 5)
      return withOpen(compilation.graph, true, finals, (right) =>
        compareSurvivors(survivors, left, right, feeds, featureSlack * tolerance, (done) =>
          told('run', 6 + done / survivors.length),
        ),
      )
    })
    return { first: compared.find(({ ok }) => !ok), compared, gone }
  }
  const features = options.features ? await featuresOf() : undefined
  told('run', total)
  return {
    model: model.name,
    ok: outputs.every(({ ok }) => ok) && !features?.first,
    provider: last.provider,
    runtime: `onnxruntime-node ${last.version}`,
    input: image.dims,
    chosen: plan.chosen,
    seed,
    outputs,
    ...(features ? { features } : {}),
  }
}

interface Last {
  readonly results: Tensors
  readonly provider: string
  readonly version: string
}
