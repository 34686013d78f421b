import { type CountComparison, compareCounts, type PartPair } from '../analysis/compare.js'
import type { Count, Figures } from '../analysis/count.js'
import { count } from '../count.js'
import type { Model } from '../dsl/model.js'
import { printBytes } from '../figures.js'
import { findFamily } from '../models/zoo.js'
import { exitCodes } from './failure.js'
import { counted as howMany, ratio, short, whole } from './figures.js'
import { groupedTable } from './grouped-table.js'
import {
  choicesText,
  fixedSize,
  inputShape,
  type ModelOptions,
  modelFrom,
  takesCounted,
} from './options.js'
import { ownOptions, sharedOptions } from './own-options.js'
import { table } from './table.js'
import { print, printJson, styleOf } from './terminal.js'

export interface CompareOptions extends ModelOptions {
  readonly by?: 'stage' | 'branch' | 'layer'
}

/** One of the two networks, counted. */
interface Side {
  readonly model: Model
  readonly input: readonly (number | string)[]
  readonly choices: string
  readonly count: Count
}

/** `heddle compare`: two networks as written, side by side. */
export async function compareNetworks(
  first: string,
  second: string,
  options: CompareOptions,
): Promise<number> {
  const asked = [first, second].map((each) => ownOptions<ModelOptions>(each, takesCounted))
  const shared = sharedOptions(
    asked.map(({ argument }) => findFamily(argument)?.family),
    options,
  )
  const sides: Side[] = []
  for (const [i, { argument, options: own }] of asked.entries())
    sides.push(await sideOf(argument, { ...shared[i], ...own }))
  const [a, b] = sides as [Side, Side]
  const compared = compareCounts(a.count, b.count)
  if (options.json) printJson(comparisonDocument(a, b, compared))
  else print(comparisonText(a, b, compared, options.by ?? 'stage'))
  return exitCodes.done
}

async function sideOf(argument: string, options: ModelOptions): Promise<Side> {
  const model = await modelFrom(argument, options)
  const size = fixedSize(model, options, 'what a network costs depends on it')
  return {
    model,
    input: inputShape(model, size),
    choices: await choicesText(argument, options, model),
    count: count(model, { size }),
  }
}

/** What two networks are compared by: its name, its value, and how that is written in short. */
interface Quantity {
  readonly name: string
  of(figures: Figures): number
  short(value: number): string
}

const quantities: readonly Quantity[] = [
  { name: 'parameters', of: ({ parameters }) => parameters, short },
  { name: 'MACs', of: ({ macs }) => macs, short },
  { name: 'activations', of: ({ activations }) => activations, short },
  { name: 'bytes of weights', of: ({ bytes }) => bytes.weights, short: printBytes },
]

const totals: readonly Quantity[] = [
  ...quantities,
  { name: 'bytes of activations', of: ({ bytes }) => bytes.activations, short: printBytes },
  { name: 'buffers', of: ({ buffers }) => buffers, short },
]

function comparisonText(
  a: Side,
  b: Side,
  compared: CountComparison,
  by: NonNullable<CompareOptions['by']>,
): string {
  const { bold, dim, yellow } = styleOf(process.stdout)
  const pairs = compared.parts[by].filter((pair) =>
    quantities.some(({ of }) => [pair.a, pair.b].some((part) => part && of(part) > 0)),
  )
  const unknown = [a, b].flatMap(({ count, model }) =>
    count.unknown.length > 0
      ? [`  Not counted in ${model.name}: ${howMany(count.unknown.length, 'foreign operator')}.`]
      : [],
  )
  return [
    sideText('a', a, bold),
    sideText('b', b, bold),
    '',
    totalsText(a.count, b.count, bold),
    '',
    partsText(by, [...pairs, { path: 'all', a: a.count, b: b.count }], bold),
    '',
    dim(
      [
        '  all: the whole of each network. –: only the other has a part of that name.',
        '  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.',
        '  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.',
      ].join('\n'),
    ),
    ...unknown.map(yellow),
  ].join('\n')
}

function sideText(
  letter: string,
  { model, input, choices }: Side,
  bold: (text: string) => string,
): string {
  return `${bold(letter)}  ${model.name}, input ${input.join(' x ')}${choices && `, ${choices}`}`
}

function totalsText(a: Count, b: Count, title: (text: string) => string): string {
  return table(
    [
      { title: 'all' },
      ...['a', 'b', 'b - a', 'b / a'].map((title) => ({ title, align: 'right' }) as const),
    ],
    totals.map(({ name, of }) => [
      name,
      whole(of(a)),
      whole(of(b)),
      signed(of(b) - of(a)),
      ratio(of(b), of(a)),
    ]),
    { title },
  )
}

function signed(difference: number): string {
  if (difference === 0) return '0'
  return `${difference < 0 ? '-' : '+'}${whole(Math.abs(difference))}`
}

/** What each part has of each quantity, a and b beside each other. */
function partsText(
  by: string,
  pairs: readonly NamedPair[],
  title: (text: string) => string,
): string {
  const named = { title: by, cells: pairs.map(({ path }) => path) }
  return groupedTable(
    named,
    quantities.map(({ name, of, short }) => ({
      name,
      titles: ['a', 'b', 'b / a'],
      cells: pairs.map(({ a, b }) => [
        a ? short(of(a)) : '–',
        b ? short(of(b)) : '–',
        a && b ? ratio(of(b), of(a)) : '–',
      ]),
    })),
    { title },
  )
}

type NamedPair = Pick<PartPair, 'path'> & Readonly<Record<'a' | 'b', Figures | undefined>>

function comparisonDocument(a: Side, b: Side, { parts }: CountComparison): object {
  const pairs = (list: readonly PartPair[]): readonly object[] =>
    list.map((pair) => ({ path: pair.path, a: figuresOf(pair.a), b: figuresOf(pair.b) }))
  return {
    a: { model: a.model.name, input: a.input, ...figuresOf(a.count) },
    b: { model: b.model.name, input: b.input, ...figuresOf(b.count) },
    parts: {
      stage: pairs(parts.stage),
      branch: pairs(parts.branch),
      layer: pairs(parts.layer),
    },
  }
}

function figuresOf(figures: Figures | undefined): Figures | null {
  if (!figures) return null
  const { parameters, macs, buffers, activations, bytes } = figures
  return { parameters, macs, buffers, activations, bytes }
}
