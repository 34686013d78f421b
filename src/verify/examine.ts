import { withGraph } from '../build/open-graph.js'
import type { Step } from '../compile.js'
import type { Graph } from '../compiler/graph.js'
import { ofForeign } from '../proof/compare.js'
import { isRefuted, type StepProof } from '../proof/proof.js'
import { proveStep } from '../proof/step.js'
import type { Weights } from '../weights/source.js'
import { againstFloat64, type Subject } from './against-float64.js'
import { isChoice } from './choices.js'
import type { CompiledRun } from './compile-run.js'
import { type FeatureComparison, type FeatureReport, survivorsOf } from './features.js'
import { judgeOf, narrowing } from './judge.js'
import type { Measured } from './measure.js'
import { type PlainErrors, plainErrors } from './plain-errors.js'
import type { OutputComparison, PassVerdict } from './report.js'
import { roundedAnew } from './rounded-anew.js'
import type { Trial } from './trials.js'
import type { Unproved } from './unproved.js'

export interface ExamineOptions {
  readonly seed: number
  readonly rounds: readonly (readonly Trial[])[]
  /** Whether every firing is proved by itself. */
  readonly thorough: boolean
  readonly tolerance?: number | undefined
  readonly opset?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** The compiled network as users have it. */
  readonly last: Subject['open']
  /** The same where it tells more than its outputs, which a file does not. */
  readonly inMemory: Subject['open']
  /** Once it ran: by how much more than float32 what it ran on rounds (1). */
  rounding(narrowing: number): Promise<number>
  told(phase: 'load' | 'run'): void
}

export interface Examination {
  readonly outputs: readonly OutputComparison[]
  readonly passes: readonly PassVerdict[]
  readonly unproved: readonly Unproved[]
  readonly features: FeatureReport
  readonly errors: PlainErrors
  /** Whether there are foreign operators, and all is compared with the network as written, not with float64. */
  readonly foreign: boolean
}

/** The draws by which weights are rounded anew, besides what they are. */
export const anew: readonly number[] = [1, 2]

/** The steps that changed the network. */
export function changesOf({ compilation: { plain, steps } }: CompiledRun): readonly Step[] {
  return steps.filter(({ graph }, i) => graph !== (steps[i - 1]?.graph ?? plain))
}

/** The compiled network once more, telling its choices, where it makes some. */
function choicesAtEnd(
  { compilation, candidate }: CompiledRun,
  open: Subject['open'],
): readonly Subject[] {
  if (candidate !== compilation) return []
  const survivors = survivorsOf(compilation).survivors.filter(({ plain }) => isChoice(plain))
  return survivors.length > 0 ? [{ survivors, open }] : []
}

/**
 * Examines a compiled network at a size at which it can be interpreted: all firings proved where they fired, the
 * result of every pass compared at each value that survives, and the last with ONNX Runtime's optimiser on.
 */
export async function examine(run: CompiledRun, options: ExamineOptions): Promise<Examination> {
  const { seed, rounds, thorough, opset, signal, last, told } = options
  const { compilation, weights } = run
  const { plain } = compilation
  const open =
    (graph: Graph, values: Weights = weights): Subject['open'] =>
    (features, body) =>
      withGraph(graph, values, { optimize: false, features, opset, signal }, body)
  const steps = changesOf(run)
  const subjects = steps.map(({ graph, equals }) => ({
    survivors: survivorsOf({ plain, graph, equals }).survivors,
    open: open(graph),
  }))
  const choosing = choicesAtEnd(run, options.inMemory)
  const found = await againstFloat64(
    plain,
    [
      { open: open(plain) },
      ...anew.map((draw) => ({ open: open(plain, roundedAnew(weights, seed + draw)) })),
    ],
    [...subjects, ...choosing, { survivors: [], open: last }],
    { weights, rounds, signal, told },
  )
  const errors = plainErrors(plain, found.plain, found.meant.length)
  const judge = judgeOf(plain, errors, found, {
    tolerance: options.tolerance,
    rounding: await options.rounding(narrowing(compilation.graph)),
  })
  const passes = steps.map(({ pass, firings, graph }, i) => {
    const proof = proveStep({ pass, firings }, { seed, all: thorough })
    return passVerdict(proof, judge.features(found.subjects[i] as Measured, graph))
  })
  const [end] = found.subjects.slice(-1) as [Measured]
  const { outputs, unproved } = judge.outputs(end, compilation.graph)
  const behind = steps.length > 0 ? (found.subjects[steps.length - 1] as Measured) : found.plain
  return {
    outputs,
    passes,
    unproved: [...unproved, ...passes.flatMap(unprovedFirings)],
    features: {
      first: passes.find(({ first }) => first)?.first,
      compared: judge.features(behind, compilation.graph),
      gone: survivorsOf(compilation).gone,
    },
    errors,
    foreign: found.foreign,
  }
}

function passVerdict(proof: StepProof, compared: readonly FeatureComparison[]): PassVerdict {
  const { name, equation, changes } = proof
  const first = compared.find(({ ok }) => !ok)
  const share = ({ relative, tolerance }: FeatureComparison): number => relative / tolerance
  const worst = compared.reduce<FeatureComparison | undefined>(
    (worst, each) => (worst && !(share(each) > share(worst)) ? worst : each),
    undefined,
  )
  return {
    name,
    equation,
    changes,
    ok: !first && !proof.failed.some(isRefuted),
    proof,
    compared: compared.length,
    ...(worst && { worst }),
    ...(first && { first }),
  }
}

function unprovedFirings({ proof: { name, failed } }: PassVerdict): readonly Unproved[] {
  // What has no meaning in float64 is compared in the runtime alone, which the report says.
  const silent = failed.filter((firing) => !isRefuted(firing) && firing.note !== ofForeign)
  return silent.slice(0, 1).map(({ path, note }) => ({
    at: path,
    why: `${name} fired there, and of ${silent.length} of its firings ${note ?? 'nothing is proved'}`,
    remedy: 'Leave the pass out, or write the network so that it does not fire there.',
  }))
}
