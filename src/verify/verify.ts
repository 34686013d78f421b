import { countGraph } from '../analysis/count.js'
import { expectRunFits, expectTensorsFit } from '../analysis/footprint.js'
import type { CompileForOptions } from '../build/compile-for.js'
import { withGraph, withSession } from '../build/open-graph.js'
import type { Calibration } from '../build/to-onnx.js'
import type { Compilation } from '../compile.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import type { NodeOf } from '../compiler/node.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { seededTensor } from '../runtime/inputs.js'
import { memoryHere } from '../runtime/memory.js'
import { type ProviderOptions, providerIn } from '../runtime/provider.js'
import { type RanOn, ranOn } from '../runtime/ran-on.js'
import { openSession, type Session } from '../runtime/session.js'
import type { TensorData } from '../runtime/tensor.js'
import type { Subject } from './against-float64.js'
import { choicesOf } from './choices.js'
import { type CompiledRun, compileRun } from './compile-run.js'
import { anew, changesOf, type ExamineOptions, examine } from './examine.js'
import { expectPorts } from './expect-ports.js'
import type { FeatureReport } from './features.js'
import { compareLarger } from './larger.js'
import { roundingOf } from './limits.js'
import { type OutputComparison, type PassVerdict, type Verdict, verdictOf } from './report.js'
import { smallSize } from './run-size.js'
import { roundsOf, type Trial } from './trials.js'
import { unexamined } from './unexamined.js'
import { beyondRange, type Unproved } from './unproved.js'

/** The compiled network runs on the provider; what it is compared with, and its passes, on the CPU. */
export interface VerifyOptions extends CompileForOptions, ProviderOptions {
  /** What it is run on, [batch, channels, height, width], in place of seeded numbers. */
  readonly input?: TensorData | undefined
  /** What seeded numbers of variance 1 are multiplied by (1, 1/64 and 64; 1 in 8 bits). */
  readonly scales?: readonly number[] | undefined
  /** A file built of this model with the same options, checked in place of what would be written now. */
  readonly path?: string | undefined
  /** What max |Δ| / max |reference| may be at each output, in place of a limit that is derived. */
  readonly tolerance?: number | undefined
  /** Every firing by itself, more scales and seeds, and every value on the way at all of them. */
  readonly thorough?: boolean | undefined
}

/** What the compiled network ran on is told by ONNX Runtime's own profile. */
export interface VerifyReport extends RanOn {
  readonly model: string
  readonly verdict: Verdict
  /** Whether the verdict is `equal`. */
  readonly ok: boolean
  /** Why nothing is proved, where that is the verdict; whatever else was found silent. */
  readonly unproved: readonly Unproved[]
  /** The shape of what it was run on. */
  readonly input: readonly number[]
  /** Whether heddle chose height and width, because nobody stated them. */
  readonly chosen: boolean
  readonly seed: number
  /** What 8 bits were calibrated on. */
  readonly calibration?: Calibration
  /** What `outputs` are compared with: float64, or the network as written in ONNX Runtime. */
  readonly reference: 'float64' | 'onnxruntime'
  readonly outputs: readonly OutputComparison[]
  /** The inputs at which passes and float64 were compared: their shape, and scales and seeds of the seeded ones. */
  readonly trials: {
    readonly input: readonly number[]
    readonly of: readonly { readonly scale: number; readonly seed: number }[]
  }
  /** The passes that changed the network, in order. */
  readonly passes: readonly PassVerdict[]
  /** Every value that survives all passes, behind the last of them, ONNX Runtime's optimiser off. */
  readonly features: FeatureReport
  /** The outputs at the small size, against float64, where the run itself is larger. */
  readonly small?: readonly OutputComparison[]
}

/**
 * Shows that a compiled network is the one that was written: every firing of every pass is proved where it fired, the
 * result of each pass is held to the float64 meaning of the network at every value that survives, and the last to its
 * outputs, with ONNX Runtime's optimiser on, as users have it. A run that is too large for float64 is compared with the
 * network as written in ONNX Runtime, besides.
 * @throws {NetworkError} where the network does not take the size.
 * @throws {InputError} where an option is out of range, or the run would not fit the machine's memory.
 * @throws {RuntimeError} where onnxruntime-node is missing or fails.
 */
export async function verify(model: Model, options: VerifyOptions = {}): Promise<VerifyReport> {
  return (await verified(model, options)).report
}

/** The same, with what it was examined on. */
export async function verified(
  model: Model,
  options: VerifyOptions,
): Promise<{ readonly report: VerifyReport; readonly examined: Compilation }> {
  const { seed = 0, opset, path, input, tolerance, thorough = false, signal } = options
  signal?.throwIfAborted()
  expectStated(options)
  options.progress?.({ phase: 'compile', done: 0, total: 1 })
  const run = await compileRun(model, options)
  const { plain } = run.compilation
  const memory = memoryHere()
  expectTensorsFit(plain, memory)
  expectRunFits(plain, memory)
  const isSmall = fits(model, run)
  const ground = isSmall ? run : await compileRun(model, atSmallSize(options))
  const rounds = roundsOf(inputOf(ground.compilation.plain), {
    seed,
    thorough,
    scales: options.scales,
    clamps: nodesOf(ground.compilation.graph).some(({ kind }) => kind === 'quantize'),
    ...(isSmall && input && { input }),
  })
  options.progress?.({ phase: 'compile', done: 1, total: 1 })

  const chooses = choicesOf(ground.compilation.plain).length > 0 ? 1 : 0
  const graphs = changesOf(ground).length + anew.length + 2 + chooses
  const total = roundSteps(rounds, graphs) + (isSmall ? 0 : 4)
  let done = 0
  const told = (phase: 'load' | 'run'): void => options.progress?.({ phase, done: done++, total })
  let session: Session | undefined
  const ran = (): Promise<RanOn> => ranOn(session as unknown as Session, options)
  const rounding: ExamineOptions['rounding'] = async (narrowing) =>
    roundingOf(await ran(), narrowing)
  const common = { tolerance, opset, signal, told, rounding }
  const last =
    ({ candidate, weights, compilation }: CompiledRun, file?: string): Subject['open'] =>
    (features, body) => {
      const opening = {
        ...providerIn(options),
        optimize: true,
        features,
        opset,
        signal,
        profile: true,
      }
      const noted: typeof body = (open) => {
        session = open.session
        return body(open)
      }
      if (file === undefined) return withGraph(candidate.graph, weights, opening, noted)
      return withSession(openSession(file, opening), (session) => {
        expectPorts(session, model, shapeOf(compilation.plain), file)
        return noted({ session, nameOf: ({ origin }) => origin.path })
      })
    }
  const examined = await examine(ground, {
    ...common,
    seed,
    rounds,
    thorough,
    last: isSmall ? last(ground, path) : last(ground),
    inMemory: last(ground),
  })
  const trial = rounds[0]?.[0] as Trial
  const image = input ?? (isSmall ? trial.input : seededOne(run, seed))
  const larger = isSmall
    ? undefined
    : await compareLarger(run, image, ground.compilation.plain.outputs, examined.errors, {
        ...common,
        last: last(run, path),
      })
  options.progress?.({ phase: 'run', done: total, total })
  const own: Trial = {
    scale: input ? undefined : 1,
    seed: undefined,
    input: image,
    features: false,
  }
  const unproved = [
    ...beyondRange(ground.compilation.graph, rounds.flat()),
    ...(larger ? beyondRange(run.compilation.graph, [own]) : []),
    ...examined.unproved,
    ...(larger?.unproved ?? []),
    ...unexamined(ground.compilation, run.candidate),
  ]
  const compared = [...examined.outputs, ...(larger?.outputs ?? [])]
  const verdict = verdictOf(compared, examined.passes, unproved)
  const report: VerifyReport = {
    model: model.name,
    verdict,
    ok: verdict === 'equal',
    unproved,
    ...(await ran()),
    input: image.dims,
    chosen: run.plan.chosen,
    seed,
    ...(run.calibration && { calibration: run.calibration }),
    reference: larger || examined.foreign ? 'onnxruntime' : 'float64',
    outputs: larger?.outputs ?? examined.outputs,
    trials: { input: trial.input.dims, of: rounds.flat().flatMap(seededOf) },
    passes: examined.passes,
    features: examined.features,
    ...(larger && { small: examined.outputs }),
  }
  return { report, examined: ground.compilation }
}

/** @throws {InputError} where scales or a tolerance are none. */
function expectStated({ scales, tolerance }: VerifyOptions): void {
  const wrong = scales?.find((scale) => !(scale > 0 && Number.isFinite(scale)))
  if (wrong !== undefined || scales?.length === 0)
    throw new InputError({
      problem: wrong === undefined ? 'there are 0 scales' : `a scale is ${wrong}`,
      remedy: 'Scales are numbers above 0, such as 1, 1/64 and 64.',
    })
  if (tolerance !== undefined && !(tolerance >= 0 && tolerance <= 1))
    throw new InputError({
      problem: `the tolerance is ${tolerance}`,
      remedy: 'It is a number from 0 to 1, of max |Δ| / max |reference|.',
    })
}

/** Multiply-accumulates that are interpreted in about a second. */
const interpretable = 1e9

/** Whether a network is interpreted where it is run: it takes no long time there, or it is no larger than at the small size. */
function fits(model: Model, { plan: { run }, compilation: { plain } }: CompiledRun): boolean {
  if (countGraph(plain).macs <= interpretable) return true
  const small = smallSize(model)
  return run.batch * run.height * run.width <= small.height * small.width
}

/** The same at the size of heddle's choosing; tensors of a calibration fit one size only. */
function atSmallSize({ size, input, calibrate, ...rest }: VerifyOptions): VerifyOptions {
  return typeof calibrate === 'string' ? { ...rest, calibrate } : rest
}

function inputOf({ inputs }: Graph): NodeOf<'input'> {
  return (inputs as readonly [NodeOf<'input'>])[0]
}

function shapeOf(graph: Graph): readonly number[] {
  return inputOf(graph).type.shape as readonly number[]
}

function seededOne({ compilation: { plain } }: CompiledRun, seed: number): TensorData {
  const { attributes, type } = inputOf(plain)
  const shape = shapeOf(plain)
  return seededTensor({ name: attributes.name, type: type.element, shape }, shape, seed)
}

function seededOf({ scale, seed }: Trial): readonly { scale: number; seed: number }[] {
  return scale === undefined || seed === undefined ? [] : [{ scale, seed }]
}

/** How often it is told of rounds: of each graph that is loaded and run, and of each input that is interpreted. */
function roundSteps(rounds: readonly (readonly Trial[])[], graphs: number): number {
  return rounds.reduce((sum, trials) => sum + 2 * graphs + trials.length, 0)
}
