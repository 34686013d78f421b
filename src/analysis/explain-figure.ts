import type { ConventionName } from './conventions.js'
import type { ConventionFigure } from './count-under.js'

/** A figure of a network, by a unit that published figures are given in. */
export interface FigureReading {
  /** The convention, or what else is counted. */
  readonly of: ConventionName | 'parameters' | 'activations'
  readonly scale: Scale
  /** The whole number, unscaled. */
  readonly value: number
  /** That number by the scale, to as many digits as the published figure has. */
  readonly reads: string
  /** Whether these are its very digits. */
  readonly exact: boolean
  /** By what part of the published figure it is more. */
  readonly off: number
}

export type Scale = '1' | '10^6' | '2^20' | '10^9' | '2^30'

/** What a figure is divided by, as it is published. */
export const scales: Readonly<Record<Scale, number>> = {
  '1': 1,
  '10^6': 1e6,
  '2^20': 2 ** 20,
  '10^9': 1e9,
  '2^30': 2 ** 30,
}

/** What differs by more is no reading of a figure. */
const farthest = 0.5

/**
 * What a published figure may be of, nearest first: under each convention, parameters and activations, each by every
 * scale. `published` is a number above 0, as it is printed.
 */
export function explainFigure(
  published: string,
  counted: { readonly parameters: number; readonly activations: number },
  conventions: readonly Pick<ConventionFigure, 'name' | 'value'>[],
): readonly FigureReading[] {
  const [, decimals = ''] = published.split('.')
  const { parameters, activations } = counted
  const figures = [
    ...conventions.map(({ name, value }) => [name, value] as const),
    ['parameters', parameters] as const,
    ['activations', activations] as const,
  ]
  return figures
    .flatMap(([of, value]) =>
      Object.entries(scales).map(([scale, size]): FigureReading => {
        const reads = (value / size).toFixed(decimals.length)
        const off = value / size / Number(published) - 1
        return { of, scale: scale as Scale, value, reads, exact: reads === published, off }
      }),
    )
    .filter(({ off }) => Math.abs(off) <= farthest)
    .sort((a, b) => Math.abs(a.off) - Math.abs(b.off))
}
