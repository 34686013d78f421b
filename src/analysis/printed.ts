/** How Python writes numbers, and so how tools that are written in it print what they count. */

/** `%.2f`: rounded to so many digits, and exact halves to the even neighbour. */
export function fixed(x: number, digits: number): string {
  const rounded = x.toFixed(digits)
  // A double has at most 52 digits behind the point here; toFixed writes 100 of them exactly.
  const [, rest = ''] = x.toFixed(60).split('.')
  const half = /^50*$/.test(rest.slice(digits))
  const [last] = rounded.slice(-1)
  if (!half || Number(last) % 2 === 0) return rounded
  return (Number(rounded) - 10 ** -digits).toFixed(digits)
}

/** `str(round(x, 2))`: without trailing zeros, but for one. */
export function rounded(x: number, digits: number): string {
  return fixed(x, digits).replace(/(\.\d+?)0+$/, '$1')
}

/** `f'{x:g}'` of what is rounded already: six digits, without trailing zeros. */
export function general(x: number): string {
  return String(Number(x.toPrecision(6)))
}

/** `f'{x:,}'` of what is written already: `37,328,331,776`, `1,034.56`. */
export function grouped(written: string): string {
  const [whole = '', rest] = written.split('.')
  const commas = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return rest === undefined ? commas : `${commas}.${rest}`
}

/** `str(x)` of a float: `7.0`, `34.31948184967041`, `7.7e-05`. */
export function float(x: number): string {
  if (x > 0 && x < 1e-4) return x.toExponential().replace(/-(\d)$/, '-0$1')
  return Number.isInteger(x) ? `${x}.0` : String(x)
}

const steps = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'K'],
] as const

/** A number under the largest unit that it reaches: 37.2 and `G`. */
export function scaled(
  x: number,
  reaches: (size: number) => boolean = (size) => x >= size,
): readonly [number, string] {
  const [size, unit] = steps.find(([size]) => reaches(size)) ?? [1, '']
  return [x / size, unit]
}
