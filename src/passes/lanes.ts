import { make } from '../compiler/make.js'
import type { Origin, Value } from '../compiler/node.js'

/**
 * Where the channels of a value stand on an axis, and where padding stands: stretches of channels, each padded to
 * its width. What a concat joins is padded part by part, and so has several.
 */
export type Lanes = readonly Stretch[]

export interface Stretch {
  readonly channels: number
  readonly width: number
}

export function isPadded(lanes: Lanes): boolean {
  return lanes.some(({ channels, width }) => width > channels)
}

export function widthOf(lanes: Lanes): number {
  return lanes.reduce((sum, { width }) => sum + width, 0)
}

export function equalLanes(a: Lanes, b: Lanes): boolean {
  const same = ({ channels, width }: Stretch, i: number): boolean =>
    channels === b[i]?.channels && width === b[i]?.width
  return a.length === b.length && a.every(same)
}

/** Lanes one after the other: channels between which no padding stands are one stretch. */
export function joined(all: readonly Lanes[]): Lanes {
  const stretches: Stretch[] = []
  for (const next of all.flat()) {
    const last = stretches.at(-1)
    if (!last || last.width > last.channels) stretches.push(next)
    else
      stretches[stretches.length - 1] = {
        channels: last.channels + next.channels,
        width: last.width + next.width,
      }
  }
  return stretches
}

/** A value of channels alone, with zeros where its lanes have padding. */
export function padLanes(value: Value, axis: number, lanes: Lanes): Value {
  if (!isPadded(lanes)) return value
  const { origin } = value
  const channels = lanes.map((stretch) => stretch.channels)
  const padded = pieces(value, axis, channels, origin).map((piece, i) => {
    const { channels, width } = lanes[i] as Stretch
    if (width === channels) return piece
    return make('pad', { input: piece }, { axis, before: 0, after: width - channels }, origin)
  })
  return together(padded, axis, origin)
}

/** The channels alone of a padded value, on axis 1. */
export function cutLanes(value: Value, lanes: Lanes): Value {
  if (!isPadded(lanes)) return value
  const { origin } = value
  const sides = lanes.flatMap(({ channels, width }) =>
    width > channels ? [channels, width - channels] : [channels],
  )
  // Stretches that end unpadded are merged, so that every second piece is padding.
  const kept = pieces(value, 1, sides, origin).filter((_, i) => i % 2 === 0)
  return together(kept, 1, origin)
}

function pieces(
  input: Value,
  axis: number,
  sizes: readonly number[],
  origin: Origin,
): readonly Value[] {
  if (sizes.length === 1) return [input]
  const of = make('split', { input }, { axis, sizes }, origin)
  return sizes.map((_, index) => make('result', { of }, { index }, origin))
}

function together(parts: readonly Value[], axis: number, origin: Origin): Value {
  const [first] = parts as readonly [Value]
  return parts.length === 1 ? first : make('concat', { parts }, { axis }, origin)
}
