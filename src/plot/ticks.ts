/** Where a value stands on an axis: 0 at its beginning, 1 at its end. */
export interface Scale {
  readonly place: (value: number) => number
  readonly ticks: readonly number[]
}

/**
 * An axis around some values: logarithmic where they are positive and lie a decade or more apart, else linear. It
 * begins and ends a little beyond them.
 */
export function scaleOf(values: readonly number[]): Scale {
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
  return least > 0 && most / least >= 10 ? logarithmic(least, most) : linear(least, most)
}

/** How far beyond the values an axis goes, of what lies between them. */
const beyond = 0.05

function linear(least: number, most: number): Scale {
  // What differs in the last digits alone is one place.
  const apart = most - least > Math.abs(most) * 1e-9
  const room = apart ? (most - least) * beyond : Math.abs(most) * beyond || 1
  const [from, to] = [least - room, most + room]
  const step = roundStep((to - from) / 6)
  const first = Math.ceil(from / step)
  const count = Math.floor(to / step) - first + 1
  return {
    place: (value) => (value - from) / (to - from),
    // A product of whole numbers, so that 0.3 is not 0.30000000000000004.
    ticks: Array.from({ length: count }, (_, i) => tidy((first + i) * step)),
  }
}

function logarithmic(least: number, most: number): Scale {
  const room = Math.log10(most / least) * beyond
  const [from, to] = [Math.log10(least) - room, Math.log10(most) + room]
  const digits = to - from < 2.5 ? [1, 2, 5] : [1]
  const step = Math.ceil((to - from) / 8)
  const first = Math.floor(from / step)
  const decades = Array.from({ length: Math.ceil(to / step) - first }, (_, i) => (first + i) * step)
  return {
    place: (value) => (Math.log10(value) - from) / (to - from),
    ticks: decades
      .flatMap((decade) => digits.map((digit) => tidy(digit * 10 ** decade)))
      .filter((tick) => Math.log10(tick) >= from && Math.log10(tick) <= to),
  }
}

/** The next of 1, 2, 5, 10 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find((digit) => digit * power >= least) ?? 10)
}

function tidy(value: number): number {
  return Number(value.toPrecision(12))
}
