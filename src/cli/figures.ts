import { prefixOf } from '../figures.js'

/** 65,859,379: every digit. */
export function whole(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `747.5 G`, `37.00 G`: in powers of 1,000, four digits. */
export function short(n: number): string {
  const [size, prefix] = prefixOf(n, 4)
  return size === 1 ? String(n) : `${(n / size).toPrecision(4)} ${prefix}`
}

/** `1 linear layer`, `307 convolutions`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${whole(n)} ${n === 1 ? one : many}`
}

/** `38.6 %`. */
export function share(part: number, all: number): string {
  return all === 0 ? '–' : `${((100 * part) / all).toFixed(1)} %`
}

/** `3.1e-7`. */
export function small(n: number): string {
  return n === 0 ? '0' : n.toExponential(1)
}

/** `12 ms`, `3.4 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** `6.834`: four digits; a dash where there is nothing to divide by. */
export function ratio(part: number, of: number): string {
  if (of === 0) return '–'
  const value = part / of
  return value >= 1000 ? whole(Math.round(value)) : value.toPrecision(4)
}
