import { conventions } from '../analysis/conventions.js'
import type { ConventionFigure } from '../analysis/count-under.js'
import type { FigureReading } from '../analysis/explain-figure.js'
import { functionCalls } from '../compiler/calls.js'
import type { Model } from '../dsl/model.js'
import { whole } from './figures.js'
import { pairs, table } from './table.js'

type Style = (text: string) => string

/** Figures side by side, as each tool prints them, with what each counts. */
export function conventionsText(
  model: Model,
  figures: readonly ConventionFigure[],
  { bold, dim, yellow }: Readonly<Record<'bold' | 'dim' | 'yellow', Style>>,
): string {
  const uncovered = figures.filter((figure) => figure.uncovered.length > 0)
  return [
    table(
      [
        { title: 'convention' },
        { title: 'counts', align: 'right' },
        { title: '' },
        { title: 'prints' },
      ],
      figures.map(({ name, value, unit, printed }) => [name, whole(value), unit, printed]),
      { title: bold },
    ),
    '',
    pairs(
      figures.map(({ name }) => [name, `${conventions[name].tool}: ${conventions[name].says}.`]),
    ),
    '',
    ...uncovered.map(({ name, uncovered }) =>
      yellow(`  Not covered by ${name}: ${uncovered.join(', ')}.`),
    ),
    dim(`  ${assumption(model)}`),
  ].join('\n')
}

/** How the network's PyTorch code is taken to call what it computes by. */
function assumption({ calls }: Model): string {
  const all = { ...functionCalls, ...calls }
  const said = [
    'layers and activations as modules, pools and resizes as functions, sums and products as operators',
    ...(all.nearest === 'module' ? ['nearest resizes as nn.Upsample'] : []),
    ...(all.bilinear === 'written' ? [] : [`bilinear resizes by their ${all.bilinear}`]),
    ...(all.globalPool === 'window'
      ? ['global pools by another call than adaptive_avg_pool2d']
      : []),
    ...(all.matmul === 'bmm' ? ['products of matrices as torch.bmm'] : []),
    ...(all.pool === 'unseen' ? ['pools where no tool sees them'] : []),
  ].join('; ')
  const whose = calls ? "as the authors' PyTorch code calls it" : 'as PyTorch code would call it'
  return `Counted before any pass, ${whose}: ${said}.`
}

/** At most so many readings are told, and all that are exact. */
const most = 8

/** What a published figure may be of, nearest first. */
export function readingsText(
  published: string,
  readings: readonly FigureReading[],
  bold: Style,
): string {
  if (readings.length === 0) return `  ${published} is within a half of none of its figures.`
  const rows = readings.filter(({ exact }, i) => exact || i < most)
  return table(
    [
      { title: `${published} may be` },
      { title: 'by' },
      { title: 'of', align: 'right' },
      { title: 'reads', align: 'right' },
      { title: 'off', align: 'right' },
    ],
    rows.map(({ of, scale, value, reads, exact, off }) => [
      of,
      scale,
      whole(value),
      reads,
      exact ? 'exact' : `${off > 0 ? '+' : '−'}${Math.abs(100 * off).toFixed(2)} %`,
    ]),
    { title: bold },
  )
}
