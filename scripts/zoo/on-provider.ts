import { withGraph } from '../../src/build/open-graph.js'
import type { NodeOf } from '../../src/compiler/node.js'
import type { Model } from '../../src/dsl/model.js'
import { compare } from '../../src/runtime/compare.js'
import type { Provider, ProviderOptions } from '../../src/runtime/provider.js'
import { type RanOn, ranOn } from '../../src/runtime/ran-on.js'
import type { TensorData, Tensors } from '../../src/runtime/tensor.js'
import type { Precision, TargetName } from '../../src/targets/target.js'
import { targets } from '../../src/targets/targets.js'
import { againstFloat64, type Subject } from '../../src/verify/against-float64.js'
import { type CompiledRun, compileRun } from '../../src/verify/compile-run.js'
import { anew } from '../../src/verify/examine.js'
import { judgeOf, narrowing } from '../../src/verify/judge.js'
import { roundingOf } from '../../src/verify/limits.js'
import type { Measured } from '../../src/verify/measure.js'
import { plainErrors } from '../../src/verify/plain-errors.js'
import { roundedAnew } from '../../src/verify/rounded-anew.js'
import { smallSize } from '../../src/verify/run-size.js'
import { roundsOf } from '../../src/verify/trials.js'

/** What a network that is to run on a provider is built for. */
export const targetFor: Readonly<Record<Provider, TargetName>> = {
  cpu: 'portable',
  cuda: 'ort-cuda',
  webgpu: 'ort-web',
}

/** What a network computes in. TF32 is float32 whose convolutions may round what they multiply, on CUDA alone. */
export type Arithmetic = Extract<Precision, 'float32' | 'float16'> | 'tf32'

/** One output: each error is max |Δ| / max |reference|. */
export interface OutputOnProvider {
  readonly name: string
  /** Of the provider and of the CPU, against float64. */
  readonly error: number
  readonly onCpu: number
  /** Between the two, at the last image. */
  readonly apart: number
  readonly limit: number
  readonly ok: boolean
}

export interface NetOnProvider {
  readonly ran: RanOn
  readonly outputs: readonly OutputOnProvider[]
}

const seed = 0

/**
 * The compiled network once on the provider and once on the CPU, with ONNX Runtime's optimiser, against float64; held
 * to the limit of `verify`. Passes are not looked at one by one: `verify` does that, and on the CPU in any case.
 */
export async function onProvider(
  model: Model,
  provider: Provider,
  arithmetic: Arithmetic,
): Promise<NetOnProvider> {
  const isTf32 = arithmetic === 'tf32'
  const precision = isTf32 ? 'float32' : arithmetic
  const size = { batch: 1, ...smallSize(model) }
  const target = targets[targetFor[provider]]
  const { compilation, weights } = await compileRun(model, { size, target, precision })
  const { plain, graph } = compilation
  const subject = watched(
    { compilation, weights },
    { provider, ...(provider === 'cuda' && { cuda: { tf32: isTf32 } }) },
  )
  const cpu = watched({ compilation, weights }, { provider: 'cpu' })
  const written = (values: typeof weights): Pick<Subject, 'open'> => ({
    open: (features, body) => withGraph(plain, values, { optimize: false, features }, body),
  })
  const [input] = plain.inputs as readonly [NodeOf<'input'>]
  const rounds = roundsOf(input, { seed, thorough: false, clamps: false })
  const found = await againstFloat64(
    plain,
    [written(weights), ...anew.map((draw) => written(roundedAnew(weights, seed + draw)))],
    [subject, cpu],
    { weights, rounds, told: () => undefined },
  )
  const { ran, results } = subject.saw()
  const judge = judgeOf(plain, plainErrors(plain, found.plain, found.meant.length), found, {
    tolerance: undefined,
    rounding: roundingOf(ran, narrowing(graph)),
  })
  const [onIt, onCpu] = found.subjects as readonly [Measured, Measured]
  const outputs = judge.outputs(onIt, graph).outputs.map(({ name, relative, tolerance, ok }) => {
    const [a, b] = [cpu.saw().results[name], results[name]] as [TensorData, TensorData]
    const apart = compare(name, a, b, Number.POSITIVE_INFINITY).relative
    const there = onCpu.outputs.get(name)?.relative ?? Number.NaN
    return { name, error: relative, onCpu: there, apart, limit: tolerance, ok }
  })
  return { ran, outputs }
}

interface Seen {
  readonly ran: RanOn
  readonly results: Tensors
}

/** The compiled network on a provider, and what it gave there. */
function watched(
  { compilation, weights }: Pick<CompiledRun, 'compilation' | 'weights'>,
  options: ProviderOptions,
): Subject & { saw(): Seen } {
  let seen: Seen | undefined
  return {
    survivors: [],
    open: (features, body) =>
      withGraph(compilation.graph, weights, { optimize: true, ...options, features }, (open) => {
        const { session } = open
        const run: typeof session.run = async (...asked) => {
          const results = await session.run(...asked)
          seen = { ran: seen?.ran ?? (await ranOn(session, options)), results }
          return results
        }
        return body({ ...open, session: { ...session, run } })
      }),
    saw: () => seen as Seen,
  }
}
