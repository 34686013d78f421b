import type { Comparison } from '../runtime/compare.js'
import type { FeatureComparison } from '../verify/features.js'
import type { OutputComparison, PassVerdict } from '../verify/report.js'
import { printScale } from '../verify/trials.js'
import type { VerifyReport } from '../verify/verify.js'
import { placeText, shownPath } from './failure.js'
import { counted, small } from './figures.js'
import { type Column, table } from './table.js'
import { styleOf } from './terminal.js'

const right = (title: string): Column => ({ title, align: 'right' })

/** The outputs of a file and how far its two runs are apart, then the verdict. */
export function comparisonsText(outputs: readonly Comparison[]): string {
  const { bold, green, red } = styleOf(process.stdout)
  const rows = outputs.map((output) => [
    output.name,
    `[${output.shape.join(', ')}]`,
    figure(output.maxAbs),
    figure(output.relative),
    small(output.tolerance),
    wordsOf(output),
  ])
  const failed = outputs.filter(({ ok }) => !ok).length
  const columns = [{ title: 'output' }, { title: 'shape' }]
  const figures = ['max |Δ|', 'relative', 'tolerance'].map(right)
  return [
    table([...columns, ...figures, { title: '' }], rows, { title: bold }),
    '',
    failed === 0
      ? `  ${green('equal')} within the tolerance (relative: max |Δ| / max |reference|)`
      : `  ${red('different')}: ${failed} of ${outputs.length} outputs`,
  ].join('\n')
}

/** What was compared with what, in lines that go above the tables. */
export function trialsText({ reference, trials, small: smaller }: VerifyReport): string {
  const scales = [...new Set(trials.of.map(({ scale }) => printScale(scale)))]
  const at = scales.length > 0 ? `, at scale ${scales.join(', ')}` : ''
  if (smaller)
    return `  too large for float64: compared with the network as written in ONNX Runtime; each pass in float64 at [${trials.input.join(', ')}]${at}`
  if (reference === 'onnxruntime')
    return `  foreign operators have no meaning in float64: compared with the network as written in ONNX Runtime only${at}`
  return `  compared with the network as written in float64${at}`
}

/** Outputs, passes, and the verdict with its reasons. */
export function verdictText(report: VerifyReport): string {
  const { outputs, small: smaller, passes } = report
  return [
    outputsText(outputs),
    ...(smaller ? ['', outputsText(smaller)] : []),
    ...(passes.length > 0 ? ['', passesText(passes)] : []),
    '',
    ...conclusion(report),
  ].join('\n')
}

function outputsText(outputs: readonly OutputComparison[]): string {
  const { bold } = styleOf(process.stdout)
  const eight = outputs.some(({ tolerance }) => !Number.isFinite(tolerance))
  const rows = outputs.map((output) => [
    output.name,
    `[${output.shape.join(', ')}]`,
    figure(output.relative),
    figure(output.plain),
    eight ? figure(output.rms) : figure(output.tolerance),
    output.proved ? wordsOf(output) : 'nothing proved',
  ])
  const figures = ['error', 'as written', eight ? 'rms' : 'limit'].map(right)
  const columns = [{ title: 'output' }, { title: 'shape' }, ...figures, { title: '' }]
  return table(columns, rows, { title: bold })
}

function passesText(passes: readonly PassVerdict[]): string {
  const { bold } = styleOf(process.stdout)
  const rows = passes.map(({ name, proof, compared, worst, ok }) => [
    name,
    String(proof.firings),
    String(proof.firings - proof.failed.length),
    String(compared),
    worst ? share(worst) : '–',
    ok ? (worst?.path ?? '') : 'differs',
  ])
  const figures = ['firings', 'proved', 'compared', 'of limit'].map(right)
  return table([{ title: 'pass' }, ...figures, { title: 'at' }], rows, { title: bold })
}

function conclusion({ verdict, outputs, passes, unproved }: VerifyReport): readonly string[] {
  const { green, red, yellow } = styleOf(process.stdout)
  if (verdict === 'equal')
    return [
      `  ${green('equal')} within the limits (error: max |Δ| / max |reference|)`,
      ...(outputs.every(({ tolerance }) => Number.isFinite(tolerance))
        ? []
        : [
            '  up to 8 bits, whose error is measured and has no limit but a stated one (--tolerance)',
          ]),
    ]
  const reasons = unproved.flatMap(({ at, why, remedy }) => [`  ${at}: ${why}`, `    ${remedy}`])
  if (verdict === 'unproved') return [`  ${yellow('nothing proved')}`, ...reasons]
  const failed = outputs.filter(({ ok, proved }) => !ok && proved).length
  const wrong = passes.find(({ ok }) => !ok)
  return [
    `  ${red('different')}: ${failed} of ${outputs.length} outputs`,
    ...(wrong ? partingText(wrong) : []),
    ...reasons,
  ]
}

/** The first pass behind which the network is another, and where. */
function partingText({ name, first, proof: { failed } }: PassVerdict): readonly string[] {
  const [refuted] = failed
  return [
    ...(first
      ? [
          `  first behind ${name}, at ${first.path} (${first.kind}): error ${figure(first.relative)}, of ${figure(first.tolerance)}${first.note ? `: ${first.note}` : ''}`,
        ]
      : []),
    ...(first?.location ? [`  ${placeText(first.location)}`] : []),
    ...(refuted
      ? [
          `  ${counted(failed.length, 'firing')} of ${name} are not proved, first ${refuted.path} (${refuted.before} → ${refuted.after})${refuted.note ? `: ${refuted.note}` : ''}`,
        ]
      : []),
  ]
}

/** Every value that outlived the passes. */
export function featuresText({ features: { compared, gone } }: VerifyReport): string {
  const { bold } = styleOf(process.stdout)
  const rows = compared.map((feature) => [
    feature.path,
    feature.kind,
    figure(feature.relative),
    figure(feature.tolerance),
    wordsOf(feature),
  ])
  const columns = [{ title: 'value' }, { title: 'kind' }, right('error'), right('limit')]
  return [
    table([...columns, { title: '' }], rows, { title: bold }),
    '',
    `  ${counted(gone, 'value')} did not outlive the passes`,
  ].join('\n')
}

/** The report for programs: what is no number is null. */
export function verifyDocument(report: VerifyReport, features?: boolean): object {
  const { ok, verdict, unproved, provider, outputs, passes, features: all, ...rest } = report
  return {
    ok,
    verdict,
    unproved,
    provider,
    outputs,
    ...rest,
    passes: passes.map(({ first, worst, ...pass }) => ({
      ...pass,
      worst: worst ? featureDocument(worst) : null,
      first: first ? featureDocument(first) : null,
    })),
    ...(features
      ? {
          features: {
            first: all.first?.path ?? null,
            compared: all.compared.map(featureDocument),
            gone: all.gone,
          },
        }
      : {}),
  }
}

function featureDocument({ location, ...feature }: FeatureComparison): object {
  return {
    ...feature,
    ...(location ? { location: { ...location, file: shownPath(location.file) } } : {}),
  }
}

function wordsOf({ ok, note }: Comparison): string {
  return `${ok ? 'ok' : 'differs'}${note ? `: ${note}` : ''}`
}

/** Of its limit, where there is one. */
function share({ relative, tolerance }: Comparison): string {
  return Number.isFinite(tolerance) ? (relative / tolerance).toFixed(2) : '–'
}

function figure(value: number): string {
  return Number.isFinite(value) ? small(value) : '–'
}
