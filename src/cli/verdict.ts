import type { Comparison } from '../runtime/compare.js'
import type { VerifyReport } from '../verify/verify.js'
import { placeText, shownPath } from './failure.js'
import { small } from './figures.js'
import { table } from './table.js'
import { styleOf } from './terminal.js'

/** Outputs and how far each is from its reference, then the verdict. */
export function comparisonsText(outputs: readonly Comparison[]): string {
  const { bold, green, red } = styleOf(process.stdout)
  const rows = outputs.map(({ name, shape, maxAbs, relative, tolerance, ok, note }) => [
    name,
    `[${shape.join(', ')}]`,
    figure(maxAbs),
    figure(relative),
    small(tolerance),
    `${ok ? 'ok' : 'differs'}${note ? `: ${note}` : ''}`,
  ])
  const failed = outputs.filter(({ ok }) => !ok).length
  return [
    table(
      [
        { title: 'output' },
        { title: 'shape' },
        { title: 'max |Δ|', align: 'right' },
        { title: 'relative', align: 'right' },
        { title: 'tolerance', align: 'right' },
        { title: '' },
      ],
      rows,
      { title: bold },
    ),
    '',
    failed === 0
      ? `  ${green('equal')} within the tolerance (relative: max |Δ| / max |reference|)`
      : `  ${red('different')}: ${failed} of ${outputs.length} outputs`,
  ].join('\n')
}

/** The features on the way: the first that differs, or that none does. */
export function featuresText({ features, outputs }: VerifyReport): string | undefined {
  if (!features) return undefined
  const { red } = styleOf(process.stdout)
  const { compared, gone, first } = features
  const worst = compared.reduce((most, { relative }) => Math.max(most, relative), 0)
  if (!first)
    return `  ${compared.length} features on the way are equal${outputs.every(({ ok }) => ok) ? ' too' : ''} (relative up to ${small(worst)}); ${gone} did not outlive the passes`
  const { path, kind, relative, location, note } = first
  return [
    `  ${red('different')} on the way: ${compared.filter(({ ok }) => !ok).length} of ${compared.length} features, first ${path} (${kind}): relative ${figure(relative)}`,
    ...(note ? [`  ${note}`] : []),
    ...(location ? [`  ${placeText(location)}`] : []),
  ].join('\n')
}

/** The report for programs: what is no number is null. */
export function verifyDocument(report: VerifyReport): object {
  const { ok, provider, outputs, features, ...rest } = report
  return {
    ok,
    provider,
    outputs,
    ...rest,
    ...(features
      ? {
          features: {
            ...features,
            first: features.first?.path ?? null,
            compared: features.compared.map(({ location, ...one }) => ({
              ...one,
              ...(location ? { location: { ...location, file: shownPath(location.file) } } : {}),
            })),
          },
        }
      : {}),
  }
}

function figure(value: number): string {
  return Number.isNaN(value) ? '–' : small(value)
}
