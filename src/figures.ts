/** What a figure counts, and so how it is written. */
export type FigureUnit = 'parameters' | 'macs' | 'activations' | 'bytes'

const decimal = [
  [1e15, 'P', '10^15'],
  [1e12, 'T', '10^12'],
  [1e9, 'G', '10^9'],
  [1e6, 'M', '10^6'],
  [1e3, 'k', '10^3'],
] as const

/**
 * The size, the letter and the words of the decimal prefix that a value is written under: what rounds to 1000
 * of one in `digits` digits is 1 of the next.
 */
export function prefixOf(
  value: number,
  digits: number,
): readonly [size: number, prefix: string, power: string] {
  const whole = 1 - 0.5 * 10 ** -digits
  return decimal.find(([size]) => value >= whole * size) ?? [1, '', '']
}

/**
 * A figure with its unit and convention: `747.51 GMAC (10^9 multiply-accumulates) = 696.18 × 2^30`. Prefixes are
 * decimal, always; the paper and the authors' tools say "G" for 2^30, hence the second figure.
 */
export function printFigure(value: number, unit: FigureUnit): string {
  const [size, prefix, power] = prefixOf(value, 5)
  const scaled = size === 1 ? String(value) : (value / size).toFixed(2)
  if (unit === 'macs') {
    const words = power === '' ? 'multiply-accumulates' : `${power} multiply-accumulates`
    return `${scaled} ${prefix}MAC (${words}) = ${(value / 2 ** 30).toPrecision(5)} × 2^30`
  }
  if (unit === 'bytes') {
    if (power === '') return `${scaled} bytes`
    return `${scaled} ${prefix}B (${power} bytes) = ${(value / 2 ** 20).toPrecision(5)} × 2^20 bytes`
  }
  return power === '' ? `${scaled} ${unit}` : `${scaled} ${prefix} ${unit} (${power})`
}

/** `264 MB`, `1.5 GB`: three digits, decimal units. */
export function printBytes(bytes: number): string {
  const [size, prefix] = prefixOf(bytes, 3)
  if (size === 1) return `${bytes} bytes`
  const value = bytes / size
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${prefix}B`
}

/** What something costs in a cost model's unit: `1.243 GMACs`, `12.6 launches`, `310.5 µs`. */
export function printCost(cost: number, unit: 'ns' | 'MACs' | 'launches'): string {
  const digits = (value: number): number => Number(value.toPrecision(4))
  if (unit === 'launches') return `${digits(cost)} launches`
  if (unit === 'MACs') {
    const [size, prefix] = prefixOf(cost, 4)
    return `${digits(cost / size)} ${prefix}MACs`
  }
  const [size, name] = times.find(([least]) => cost >= least) ?? [1, 'ns']
  return `${digits(cost / size)} ${name}`
}

const times = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
] as const
