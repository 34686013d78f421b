import { expectRunFits, expectTensorsFit } from '../analysis/footprint.js'
import { type Compilation, compile } from '../compile.js'
import type { Graph } from '../compiler/graph.js'
import type { Value } from '../compiler/node.js'
import type { Pass } from '../compiler/rewrite.js'
import type { InputSize } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import { InputError, NetworkError } from '../errors.js'
import type { Progress } from '../progress.js'
import { type Comparison, compare } from '../runtime/compare.js'
import { seededInput } from '../runtime/inputs.js'
import { memoryHere } from '../runtime/memory.js'
import { openSession, type Session } from '../runtime/session.js'
import type { TensorData, Tensors } from '../runtime/tensor.js'
import { seeded } from '../weights/seeded.js'
import type { Weights } from '../weights/source.js'
import { compareSurvivors, type FeatureReport, survivorsOf } from './features.js'
import { type OpenGraph, withGraph, withSession } from './open-graph.js'
import { planRun, type RunPlan } from './run-size.js'
import { defaultTolerance, featureSlack } from './tolerance.js'

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
  /** What max |Δ| / max |reference| may be at each output (1e-5); at features on the way 10 times that. */
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
  const { seed = 0, tolerance = defaultTolerance, opset, path, signal, progress } = options
  signal?.throwIfAborted()
  progress?.({ phase: 'compile', done: 0, total: 1 })
  const { plan, compilation, candidate } = compiled(model, options)
  const { plain } = compilation
  const memory = memoryHere()
  expectTensorsFit(plain, memory)
  expectRunFits(plain, memory)
  const weights = options.weights ?? seeded(plain, seed)
  const image = options.input ?? seededImage(model, plan, seed)
  const feeds: Tensors = { [model.image.name]: image }
  progress?.({ phase: 'compile', done: 1, total: 1 })

  const sessions = options.features ? 4 : 2
  const told = (phase: 'load' | 'run', done: number, total: number = sessions): void =>
    progress?.({ phase, done, total })
  const withOpen = <R>(
    graph: Graph,
    optimize: boolean,
    features: readonly Value[] | undefined,
    body: (open: OpenGraph) => Promise<R>,
  ): Promise<R> => withGraph(graph, weights, { optimize, features, opset, signal }, body)
  const runOnce = async (session: Session, nth: number): Promise<Ran> => {
    told('run', nth)
    const results = await session.run(feeds)
    told('run', nth + 1)
    return { results, provider: session.provider ?? 'none', version: session.version }
  }

  told('load', 0)
  const reference = await withOpen(plain, false, undefined, ({ session }) => runOnce(session, 0))
  told('load', 1)
  const last =
    path === undefined
      ? await withOpen(candidate, true, undefined, ({ session }) => runOnce(session, 1))
      : await withSession(
          openSession(path, { optimize: true, profile: true, signal }),
          (session) => {
            expectPorts(session, model, plan, path)
            return runOnce(session, 1)
          },
        )
  const outputs = plain.outputs.map(({ name }) =>
    compare(
      name,
      reference.results[name] as TensorData,
      last.results[name] as TensorData,
      tolerance,
    ),
  )
  const featuresOf = async (): Promise<FeatureReport> => {
    const { survivors, gone } = survivorsOf(compilation)
    const finals = [...new Set(survivors.map(({ final }) => final))]
    told('load', 2)
    const compared = await withOpen(
      plain,
      false,
      survivors.map(({ plain }) => plain),
      (left) => {
        told('load', 3)
        return withOpen(compilation.graph, true, finals, (right) =>
          compareSurvivors(survivors, left, right, feeds, featureSlack * tolerance, (done) =>
            told('run', done, survivors.length),
          ),
        )
      },
    )
    return { first: compared.find(({ ok }) => !ok), compared, gone }
  }
  const features = options.features ? await featuresOf() : undefined
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

interface Ran {
  readonly results: Tensors
  readonly provider: string
  readonly version: string
}

/** The network at the size of the run, and what is to be checked: the same graph where no side is free. */
function compiled(
  model: Model,
  { size, input, passes }: VerifyOptions,
): { plan: RunPlan; compilation: Compilation; candidate: Graph } {
  const at = (size: InputSize): Compilation => compile(model, { size, ...(passes && { passes }) })
  const plan = planRun(model, size, input)
  const free = Object.values(plan.asked).some((side) => typeof side !== 'number')
  const stated = size?.height !== undefined || size?.width !== undefined
  try {
    const compilation = at(plan.run)
    return { plan, compilation, candidate: free ? at(plan.asked).graph : compilation.graph }
  } catch (error) {
    if (!(error instanceof NetworkError) || !plan.chosen || stated) throw error
    // A size of one's own that does not fit: the model's own default then.
    const [height, width] = model.image.size
    const run = { ...plan.run, height, width }
    const compilation = at(run)
    const asked = { ...plan.asked, height, width }
    const candidate = free ? at(asked).graph : compilation.graph
    return { plan: { asked, run, chosen: true }, compilation, candidate }
  }
}

function seededImage(model: Model, { run }: RunPlan, seed: number): TensorData {
  const dims = [run.batch, model.image.channels, run.height, run.width]
  return {
    data: seededInput(
      dims.reduce((a, b) => a * b, 1),
      seed,
    ),
    dims,
  }
}

/** @throws {InputError} where a file is not of the model: other outputs, or another size. */
function expectPorts(session: Session, model: Model, { run }: RunPlan, path: string): void {
  const has = (names: readonly { readonly name: string }[], name: string): boolean =>
    names.some((port) => port.name === name)
  const wanted = model.graph.outputs.filter(({ name }) => !has(session.outputs, name))
  const dims = [run.batch, model.image.channels, run.height, run.width]
  const input = session.inputs.find(({ name }) => name === model.image.name)
  const fits = input?.shape.every((d, axis) => typeof d === 'string' || d === dims[axis])
  if (wanted.length === 0 && session.inputs.length === 1 && fits) return
  const print = (ports: Session['inputs']): string =>
    ports.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ')
  throw new InputError({
    problem: `${path} takes ${print(session.inputs)} and gives ${print(session.outputs)}; ${model.name} takes ${model.image.name} [${dims.join(', ')}] and gives ${model.graph.outputs.map(({ name }) => name).join(', ')}`,
    remedy: 'Verify the file with the model, the options and the size that it was built with.',
  })
}
