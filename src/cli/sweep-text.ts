import { printBytes } from '../figures.js'
import { type Counted, optionsText, type Point } from '../sweep/point.js'
import { counted as howMany, short, whole } from './figures.js'
import { betterText } from './sweep-words.js'
import type { SweepOptions, Swept } from './swept.js'
import { type Column, table } from './table.js'
import { styleOf } from './terminal.js'

/** More rows than this nobody reads. */
const mostRows = 100
const mostRefused = 5

/** What a sweep has found, for people. */
export function sweepText(swept: Swept, { out, plot, shard }: SweepOptions): string {
  const { bold, dim, yellow } = styleOf(process.stdout)
  const { networks, front, counted, refused } = swept
  const known = networks.length - counted
  const rows = networks.length > mostRows ? front : networks
  return [
    bold(
      [
        howMany(networks.length, 'network'),
        ...(shard ? [`of shard ${shard.part}/${shard.of}`] : []),
        ...(known > 0 ? [`(${whole(counted)} counted, ${whole(known)} from files)`] : []),
      ].join(' '),
    ),
    ...(networks.length > 0 ? ['', rowsText(rows, swept, bold), ''] : []),
    ...(networks.length > 0 ? [dim(`  *: ${frontText(swept)}`)] : []),
    ...(rows !== networks
      ? [
          dim(
            `  Not listed: ${howMany(networks.length - front.length, 'network')} that others beat; a CSV file (-o) has all.`,
          ),
        ]
      : []),
    ...hintText(swept).map(dim),
    ...unknownText(swept).map(yellow),
    dim(
      '  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.',
    ),
    dim('  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.'),
    ...refusedText(refused).map(yellow),
    ...[out, plot].flatMap((path) => (path === undefined ? [] : [`  ${path}`])),
  ].join('\n')
}

function frontText({ axes, front, networks }: Swept): string {
  return `no other network is better: ${betterText(axes)} (${whole(front.length)} of ${whole(networks.length)})`
}

/** In one family the narrowest has the least of everything. */
function hintText({ axes, front, networks }: Swept): readonly string[] {
  if (front.length > 1 || networks.length < 2 || axes.some(({ prefer }) => prefer === 'most'))
    return []
  return [
    '  One has the least of all: say what more of is better by --most, parameters or what was measured.',
  ]
}

function unknownText({ axes, networks }: Swept): readonly string[] {
  return axes.flatMap(({ name, of }) => {
    const lacking = networks.filter((one) => of(one) === undefined).length
    return lacking > 0
      ? [
          `  ${howMany(lacking, 'network has', 'networks have')} no ${name}, and no part in the front.`,
        ]
      : []
  })
}

function refusedText(refused: Swept['refused']): readonly string[] {
  if (refused.length === 0) return []
  const told = new Set(
    refused.map(({ point, error: { problem } }) =>
      problem.includes(point.network) ? `    ${problem}` : `    ${nameOf(point)}: ${problem}`,
    ),
  )
  const more = told.size - mostRefused
  return [
    `  ${howMany(refused.length, 'point is', 'points are')} not counted:`,
    ...[...told].slice(0, mostRefused),
    ...(more > 0 ? [`    and ${howMany(more, 'other')}`] : []),
  ]
}

function nameOf(point: Point): string {
  return [point.network, optionsText(point)].filter(Boolean).join(' ')
}

interface Cells extends Column {
  of(one: Counted): string
}

function rowsText(
  rows: readonly Counted[],
  { front, measured, networks }: Swept,
  title: (text: string) => string,
): string {
  const best = new Set(front)
  const [sample] = networks
  const differs = (of: (one: Counted) => string | number): boolean =>
    networks.some((one) => of(one) !== (sample && of(sample)))
  const columns: readonly Cells[] = [
    { title: '', of: (one) => (best.has(one) ? '*' : '') },
    { title: 'network', of: ({ network }) => network },
    ...(networks.some(({ options }) => options)
      ? [{ title: 'options', of: ({ options }: Counted) => options }]
      : []),
    { title: 'input', of: ({ input }) => input },
    ...(differs(({ batch }) => batch) || (sample?.batch ?? 1) > 1
      ? [figure('batch', ({ batch }) => String(batch))]
      : []),
    figure('parameters', ({ parameters }) => whole(parameters)),
    figure('MACs', ({ macs }) => short(macs)),
    figure('activations', ({ activations }) => short(activations)),
    figure('weights', ({ bytes }) => printBytes(bytes.weights)),
    ...Object.keys(sample?.conventions ?? {}).map((name) =>
      figure(name, ({ conventions }) => short(conventions[name] ?? 0)),
    ),
    ...(measured?.names ?? []).map((name) =>
      figure(name, (one) => String(measured?.of(one, name) ?? '–')),
    ),
  ]
  return table(
    columns,
    rows.map((one) => columns.map(({ of }) => of(one))),
    { title },
  )
}

function figure(title: string, of: Cells['of']): Cells {
  return { title, align: 'right', of }
}

/** The same for programs. */
export function sweepDocument({
  axes,
  networks,
  front,
  measured,
  refused,
  counted,
}: Swept): object {
  const best = new Set(front)
  return {
    axes: axes.map(({ name, prefer }) => ({ name, prefer })),
    counted,
    networks: networks.map((one) => ({
      ...one,
      ...(measured
        ? {
            measured: Object.fromEntries(
              measured.names.map((name) => [name, measured.of(one, name) ?? null]),
            ),
          }
        : {}),
      front: best.has(one),
    })),
    refused: refused.map(({ point, error }) => ({
      network: point.network,
      options: optionsText(point),
      problem: error.problem,
      remedy: error.remedy,
    })),
  }
}
