import type { ConventionName } from '../analysis/conventions.js'
import { conventionNames } from '../analysis/count-under.js'
import { type Scale, scales } from '../analysis/explain-figure.js'
import type { Counted } from './counted.js'

/** A way from a network to a figure: what is counted, what it is divided by, and how it is printed. */
export interface Way {
  /** `authors`; where something is not the convention's own, with it: `authors, in 10^9`. */
  readonly convention: string
  readonly value: (counted: Counted) => number
  readonly per: number
  /** Whether digits are cut off behind the last one, where others round. */
  readonly cut?: true
  /** Others to count the same in. */
  readonly others: () => readonly Way[]
}

/** Weights, biases, scales and shifts of norms, in 10^6. */
export const parameters: Way = parameterWay('parameters', ({ parameters }) => parameters)

/** The same, its digits cut off behind the last one. */
export const parametersCut: Way = cut(parameters)

function parameterWay(convention: string, value: Way['value']): Way {
  return { convention, value, per: 1e6, others: () => parameterWays }
}

const withoutNorms = parameterWay(
  'parameters without norms',
  ({ parameters, normParameters }) => parameters - normParameters,
)

/** Weights and biases alone, in 2^20. */
export const parametersWithoutNorms: Way = inPowersOfTwo(withoutNorms)

const parameterWays: readonly Way[] = [
  parameters,
  inPowersOfTwo(parameters),
  withoutNorms,
  parametersWithoutNorms,
  parameterWay('parameters and buffers', ({ parameters, buffers }) => parameters + buffers),
]

function inPowersOfTwo(way: Way): Way {
  return { ...way, convention: `${way.convention}, in 2^20`, per: 2 ** 20 }
}

/** Elements that convolutions and linear layers put out, in 10^6. */
export const activations: Way = {
  convention: 'activations',
  value: ({ activations }) => activations,
  per: 1e6,
  others: () => [activations, inPowersOfTwo(activations)],
}

/** Work by a counting convention (`src/analysis/conventions.ts`), by its own scale unless another is named. */
export function work(name: ConventionName, scale: Scale = scaleOf(name)): Way {
  return {
    convention: scale === scaleOf(name) ? name : `${name}, in ${scale}`,
    value: ({ conventions }) => conventions[name],
    per: scales[scale],
    others: () => conventionNames.flatMap((each) => alike[scale].map((one) => work(each, one))),
  }
}

/** What the tools print as G. */
function scaleOf(name: ConventionName): Scale {
  return name === 'authors' || name === 'detection' ? '2^30' : '10^9'
}

const millions = ['10^6', '2^20'] as const
const billions = ['10^9', '2^30'] as const

/** Which scales the same letter stands for. */
const alike: Readonly<Record<Scale, readonly Scale[]>> = {
  '1': ['1'],
  '10^6': millions,
  '2^20': millions,
  '10^9': billions,
  '2^30': billions,
}

/** The same way, printed without rounding. */
export function cut(way: Way): Way {
  return { ...way, convention: `${way.convention}, cut off`, cut: true }
}

/** A figure by the scale of its way. */
export function scaled({ value, per }: Way, counted: Counted): number {
  return value(counted) / per
}

/** The same with as many digits behind the point as another has that was published. */
export function printed(way: Way, counted: Counted, published: string): string {
  const digits = published.split('.')[1]?.length ?? 0
  const figure = scaled(way, counted)
  return (way.cut ? Math.floor(figure * 10 ** digits) / 10 ** digits : figure).toFixed(digits)
}
