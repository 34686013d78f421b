import type { OpenGraph } from '../build/open-graph.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import type { Node, Value } from '../compiler/node.js'
import { inFloat64 } from '../runtime/compare.js'
import type { TensorData } from '../runtime/tensor.js'
import type { Weights } from '../weights/source.js'
import { beforeChoices, behindChoices, choicesOf } from './choices.js'
import type { Survivor } from './features.js'
import { type Following, following } from './following.js'
import { scoresOf } from './labels.js'
import { type Measured, measured, nothing, type Ran } from './measure.js'
import { constantsOf, foreignResults, interpreted, type Reference } from './reference.js'
import type { Trial } from './trials.js'

/** A graph that is measured, and how it is opened, with some of its values as outputs too. */
export interface Subject {
  /** Values of the network as written, and what they are in this graph. */
  readonly survivors: readonly Survivor[]
  open<R>(features: readonly Value[], body: (open: OpenGraph) => Promise<R>): Promise<R>
}

export interface MeasureOptions {
  readonly weights: Weights
  readonly rounds: readonly (readonly Trial[])[]
  readonly signal?: AbortSignal | undefined
  /** Told of each graph that is loaded, and each that is run. */
  told(phase: 'load' | 'run'): void
}

/** What was found of a network at a size at which it can be interpreted. */
export interface Findings {
  /** The network as written, computed in float32 one operation after the other, against float64. */
  readonly plain: Measured
  /** Each subject against float64; against the network as written where there are foreign operators. */
  readonly subjects: readonly Measured[]
  /** What the outputs (their scores, where they are classes) are in float64, for each trial. */
  readonly meant: readonly Reference[]
  readonly foreign: boolean
}

/**
 * Measures graphs against the float64 interpretation of the network as written, round by round. Where it has foreign
 * operators, what they gave in ONNX Runtime is taken for what they mean: the error of the network as written is then
 * that of all between them, and others are compared with it, not with float64.
 * @param anew the network as written, of weights that are rounded otherwise: its errors count as those of the first.
 */
export async function againstFloat64(
  graph: Graph,
  [plain, ...anew]: readonly [Pick<Subject, 'open'>, ...Pick<Subject, 'open'>[]],
  subjects: readonly Subject[],
  { weights, rounds, signal, told }: MeasureOptions,
): Promise<Findings> {
  const constants = await constantsOf(graph, weights)
  const { outputs } = graph
  const [input] = graph.inputs.map(({ attributes: { name } }) => name) as [string]
  const ends = withScores(outputs.map(({ value }) => value))
  const foreign = foreignResults(graph)
  // What is foreign has no meaning in float64, which choices could be held to.
  const choices = foreign.length > 0 ? [] : choicesOf(graph)
  const behind = behindChoices(graph)
  const before = beforeChoices(behind)
  const features = identical([...new Set([...wantedOf(graph, subjects), ...ends])])
  const values = withScores(features.map(({ plain }) => plain))
  const endings = identical(ends)
  let found = nothing
  const others = subjects.map(() => nothing)
  const meant: Reference[] = []
  const runs = async (
    { open }: Pick<Subject, 'open'>,
    trials: readonly Trial[],
    valuesAt: (trial: Trial) => readonly Value[],
  ): Promise<readonly Ran[]> => {
    told('load')
    return open([...new Set(trials.flatMap(valuesAt))], async ({ session, nameOf }) => {
      told('run')
      const ran: Ran[] = []
      for (const trial of trials) {
        const names = [...outputs.map(({ name }) => name), ...valuesAt(trial).map(nameOf)]
        const results = await session.run({ [input]: trial.input }, [...new Set(names)])
        ran.push({ results, nameOf })
      }
      return ran
    })
  }
  for (const trials of rounds) {
    const wanted = (trial: Trial): readonly Value[] => [
      ...new Set([...ends, ...(trial.features ? values : []), ...foreign, ...choices]),
    ]
    const written = await runs(plain, trials, wanted)
    const exact: Following[] = []
    const truths: ((ran: Ran, finals?: ReadonlyMap<Value, Value>) => Promise<Reference>)[] = []
    for (const [i, trial] of trials.entries()) {
      told('run')
      const ran = written[i] as Ran
      const tensorOf = (value: Value): TensorData => ran.results[ran.nameOf(value)] as TensorData
      const given = new Map<Node, Float64Array>(
        foreign.map((value) => [value, inFloat64(tensorOf(value))]),
      )
      const feeds = { [input]: trial.input }
      const all = [...new Set([...wanted(trial), ...withScores(wanted(trial)), ...before])]
      const follow = following(choices, behind, outputs, (chosen) =>
        interpreted(all, feeds, constants, new Map([...given, ...chosen]), signal),
      )
      const truth = await follow.of(ran, itself)
      found = measured(found, ran, truth, outputs, trial.features ? features : endings)
      exact.push(follow)
      meant.push(new Map(ends.map((end) => [end, truth.get(end) as TensorData])))
      if (foreign.length === 0) truths.push(follow.of)
      else {
        const asRun = new Map(wanted(trial).map((value) => [value, tensorOf(value)]))
        truths.push(async () => asRun)
      }
    }
    for (const other of anew)
      for (const [i, ran] of (await runs(other, trials, wanted)).entries()) {
        const own = trials[i]?.features ? features : endings
        const truth = await (exact[i] as Following).of(ran, itself)
        found = measured(found, ran, truth, outputs, own)
      }
    for (const [which, subject] of subjects.entries()) {
      const finals = new Map(subject.survivors.map(({ plain, final }) => [plain, final]))
      const chosen = choices.flatMap((choice) => finals.get(choice) ?? [])
      const all = [...finals.values()]
      const ran = await runs(subject, trials, ({ features }) => (features ? all : chosen))
      for (const [i, trial] of trials.entries()) {
        const own = ran[i] as Ran
        const truth = await truths[i]?.(own, chosen.length === choices.length ? finals : undefined)
        others[which] = measured(
          others[which] as Measured,
          own,
          truth as Reference,
          outputs,
          trial.features ? subject.survivors : [],
        )
      }
    }
  }
  return { plain: found, subjects: others, meant, foreign: foreign.length > 0 }
}

/** The values on the way that some subject still computes, in the order of the network. */
function wantedOf(graph: Graph, subjects: readonly Subject[]): readonly Value[] {
  const wanted = new Set<Node>(
    subjects.flatMap(({ survivors }) => survivors.map(({ plain }) => plain)),
  )
  return nodesOf(graph).filter((node): node is Value => wanted.has(node))
}

function withScores(values: readonly Value[]): readonly Value[] {
  return [...values, ...scoresOf(values)]
}

/** The choices of a graph that is as it was written. */
const itself: ReadonlyMap<Value, Value> = new Map()

function identical(values: readonly Value[]): readonly Survivor[] {
  return values.map((value) => ({ plain: value, final: value }))
}
