import { cpus } from 'node:os'
import { compileFor } from '../../build/compile-for.js'
import { lower, loweringOf } from '../../build/to-onnx.js'
import { keepsApart } from '../../build/write-onnx.js'
import type { Compilation } from '../../compile.js'
import { print } from '../../compiler/print.js'
import type { Change } from '../../compiler/rewrite.js'
import type { Model } from '../../dsl/model.js'
import type { RanOn } from '../../runtime/ran-on.js'
import { version } from '../../version.js'
import type { Verdict } from '../report.js'
import { unexamined } from '../unexamined.js'
import { type VerifyOptions, type VerifyReport, verified } from '../verify.js'
import { sealOf, sha256, sha256OfFile } from './seal.js'

/** What shows that a file is a network: what was proved of it, of which bytes, and how to prove it again. */
export interface Certificate {
  /** The version of this form. */
  readonly certificate: 1
  readonly heddle: string
  /** The words after `heddle verify` that prove it again; empty where it was made by a program. */
  readonly command: readonly string[]
  readonly model: string
  readonly verdict: Verdict
  /** Why nothing is proved, where that is the verdict. */
  readonly unproved: readonly string[]
  /** The ONNX file that `heddle build` writes with these options. */
  readonly file: { readonly bytes: number; readonly sha256: string }
  /** The data beside it, where it does not hold them. */
  readonly data?: { readonly bytes: number; readonly sha256: string }
  /** Files that the weights were read from. */
  readonly weights: readonly { readonly path: string; readonly sha256: string }[]
  /** By what passes weigh one form against another: of `ort-cpu` by what was measured for this processor's instructions. */
  readonly costs: string
  /** Hashes of the network as `print` prints it, as written and compiled, at the size of the file. */
  readonly network: { readonly written: string; readonly compiled: string }
  /** What the outputs were run on, and compared with. */
  readonly input: readonly number[]
  readonly seed: number
  readonly reference: VerifyReport['reference']
  readonly trials: VerifyReport['trials']
  readonly passes: readonly CertifiedPass[]
  /** What depends on the machine: within limits it may be otherwise elsewhere. */
  readonly measured: CertifiedMeasurements
  /** Of all else in this, as JSON with its keys in order and without spaces. */
  readonly sha256: string
}

export interface CertifiedPass {
  readonly name: string
  readonly equation: string
  readonly changes: Change
  readonly ok: boolean
  readonly firings: number
  readonly distinct: number
  readonly proved: number
  /** The firing nearest to its bound: where, by how much both sides differ in float64, and what rounding accounts for. */
  readonly worst: { readonly path: string; readonly error: number; readonly bound: number } | null
  /** How many values were compared behind it. */
  readonly compared: number
}

export interface CertifiedMeasurements {
  readonly machine: string
  readonly runtime: string
  readonly provider: string
  /** Whether convolutions rounded to TF32, which makes the limit wider; on CUDA alone. */
  readonly tf32?: boolean
  /** Nodes that stayed on the CPU where another provider was asked for; absent where none did. */
  readonly cpuNodes?: RanOn['cpuNodes']
  readonly outputs: readonly CertifiedError[]
  /** Behind each pass, the value nearest to its limit. */
  readonly passes: readonly (CertifiedError | null)[]
}

/** Errors are max |Δ| / max |reference|; there is no limit to what 8 bits do. */
export interface CertifiedError {
  readonly at: string
  readonly error: number | null
  readonly limit: number | null
  /** Of the network as written, in float32. */
  readonly plain?: number | null
}

/** Verifies a network, and certifies what was found and of what. `command` are the words that do it again. */
export async function certify(
  model: Model,
  options: VerifyOptions,
  command: readonly string[] = [],
): Promise<{ readonly report: VerifyReport; readonly certificate: Certificate }> {
  const { report: found, examined } = await verified(model, options)
  const { built, compilation } = await builtOf(model, options)
  const told = new Set(found.unproved.map(({ why }) => why))
  const further = unexamined(examined, compilation).filter(({ why }) => !told.has(why))
  const unproved = [...found.unproved, ...further]
  const verdict = found.verdict === 'equal' && unproved.length > 0 ? 'unproved' : found.verdict
  const report = { ...found, verdict, ok: verdict === 'equal', unproved }
  const content = {
    certificate: 1 as const,
    heddle: version,
    command,
    model: report.model,
    verdict: report.verdict,
    unproved: report.unproved.map(({ at, why }) => `${at}: ${why}`),
    ...built,
    weights: await Promise.all(
      (options.weights?.files ?? []).map(async (path) => ({
        path,
        sha256: await sha256OfFile(path),
      })),
    ),
    input: report.input,
    seed: report.seed,
    reference: report.reference,
    trials: report.trials,
    passes: report.passes.map(
      ({ name, equation, changes, ok, proof, compared }): CertifiedPass => ({
        name,
        equation,
        changes,
        ok,
        firings: proof.firings,
        distinct: proof.distinct,
        proved: proof.firings - proof.failed.length,
        worst: proof.worst
          ? { path: proof.worst.path, error: proof.worst.error, bound: proof.worst.bound }
          : null,
        compared,
      }),
    ),
    measured: measurementsOf(report),
  }
  // As it is read again: what is no number is null.
  const plain = JSON.parse(JSON.stringify(content)) as typeof content
  return { report, certificate: { ...plain, sha256: await sealOf(plain) } }
}

/** The file that would be built, without writing it. */
async function builtOf(
  model: Model,
  options: VerifyOptions,
): Promise<{
  readonly built: Pick<Certificate, 'file' | 'data' | 'costs' | 'network'>
  readonly compilation: Compilation
}> {
  const { weights, seed } = options
  const compiled = await compileFor(model, { ...options, seed: weights ? undefined : seed })
  const { compilation } = compiled
  const { plain, graph, target } = compilation
  const lowered = lower(graph, compiled.weights, loweringOf(model, compiled, options))
  const whole = lowered.emission()
  const apart = keepsApart(model.name, whole.size)
  const emission = apart ? lowered.emission(`${model.name}.onnx.data`) : whole
  const built = {
    file: { bytes: emission.size, sha256: await sha256(emission.model(lowered.read)) },
    ...(apart && {
      data: { bytes: emission.dataSize, sha256: await sha256(emission.data(lowered.read)) },
    }),
    costs: target.costs.source,
    network: { written: await sha256([print(plain)]), compiled: await sha256([print(graph)]) },
  }
  return { built, compilation }
}

/** What was measured, on what, of a report. */
export function measurementsOf({
  outputs,
  passes,
  runtime,
  provider,
  tf32,
  cpuNodes,
}: VerifyReport): CertifiedMeasurements {
  const machine = `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`
  return {
    machine,
    runtime,
    provider,
    ...(tf32 !== undefined && { tf32 }),
    ...(cpuNodes && { cpuNodes }),
    outputs: outputs.map(({ name, relative, tolerance, plain }) => ({
      at: name,
      error: relative,
      limit: tolerance,
      plain,
    })),
    passes: passes.map(({ worst }) =>
      worst ? { at: worst.path, error: worst.relative, limit: worst.tolerance } : null,
    ),
  }
}
