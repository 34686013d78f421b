import type { Count } from '../analysis/count.js'

/** A way from a network to a figure: what is counted, what it is divided by, and how it is printed. */
export interface Way {
  /** `authors`; where something is not the convention's own, with it: `authors, in 10^9`. */
  readonly convention: string
  readonly value: (counted: Count) => number
  readonly per: number
  /** Whether digits are cut off behind the last one, where others round. */
  readonly cut?: true
}

/** Weights, biases, scales and shifts of norms, in 10^6. */
export const parameters: Way = {
  convention: 'parameters',
  value: (counted) => counted.parameters,
  per: 1e6,
}

export const parametersCut: Way = cut(parameters)

/** Multiply-accumulates of convolutions and linear layers, in 2^30: `get_model_summary` of the authors. */
export const authors: Way = {
  convention: 'authors',
  value: (counted) => counted.macs,
  per: 2 ** 30,
}

/** The same in 10^6 or 10^9. */
export function macs(per: 1e6 | 1e9): Way {
  return { convention: 'MACs', value: (counted) => counted.macs, per }
}

/** The same, printed without rounding. */
export function cut(way: Way): Way {
  return { ...way, convention: `${way.convention}, cut off`, cut: true }
}

/** Other ways to count what a way counts. */
export function otherWays(way: Way): readonly Way[] {
  const { per } = way
  const others = way.convention.startsWith('parameters')
    ? [
        { ...parameters, convention: 'parameters, in 2^20', per: 2 ** 20 },
        {
          convention: 'parameters and buffers',
          value: (c: Count) => c.parameters + c.buffers,
          per,
        },
      ]
    : [macs(1e9), authors]
  return [...others, cut(way), ...others.map(cut)].filter(
    ({ convention }) => convention !== way.convention,
  )
}

/** A figure in the unit of its way. */
export function scaled({ value, per }: Way, counted: Count): number {
  return value(counted) / per
}

/** The same with as many digits behind the point as another has that was published. */
export function printed(way: Way, counted: Count, published: string): string {
  const digits = published.split('.')[1]?.length ?? 0
  const figure = scaled(way, counted)
  return (way.cut ? Math.floor(figure * 10 ** digits) / 10 ** digits : figure).toFixed(digits)
}
