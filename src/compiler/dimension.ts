/**
 * One side of a tensor: a whole number, or floor((times·n + plus) / over) of a symbol, whose value is
 * multiple·n with n a whole number from 1. Convolution and pooling stay inside this form, because floors
 * nest: floor((floor(x / p) + k) / q) = floor((x + k·p) / (p·q)). ceil(height / 4) is floor((height + 3) / 4).
 */
export type Dimension = number | SymbolicDimension

export interface SymbolicDimension {
  readonly symbol: string
  /** What the symbol is known to be a multiple of. */
  readonly multiple: number
  readonly times: number
  readonly plus: number
  readonly over: number
}

/** A side that is only known when the network runs; `multiple` is what it will be a multiple of. */
export function symbolicDimension(symbol: string, multiple = 1): SymbolicDimension {
  return { symbol, multiple, times: multiple, plus: 0, over: 1 }
}

/** floor((d + plus) / over). */
export function floorDivide(d: Dimension, plus: number, over: number): Dimension {
  if (typeof d === 'number') return Math.floor((d + plus) / over)
  return normal({ ...d, plus: d.plus + plus * d.over, over: d.over * over })
}

/** d·factor, or nothing where that has no such form: 2·ceil(height / 8) is not known to be ceil(height / 4). */
export function scaleDimension(d: Dimension, factor: number): Dimension | undefined {
  if (typeof d === 'number') return d * factor
  if (factor === 1) return d
  return d.over === 1 ? { ...d, times: d.times * factor, plus: d.plus * factor } : undefined
}

export function equalDimensions(a: Dimension, b: Dimension): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b
  return (
    a.symbol === b.symbol &&
    a.multiple === b.multiple &&
    a.times === b.times &&
    a.plus === b.plus &&
    a.over === b.over
  )
}

export function equalShapes(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return a.length === b.length && a.every((d, axis) => equalDimensions(d, b[axis] as Dimension))
}

/** The least value a side can have. */
export function leastOf(d: Dimension): number {
  return typeof d === 'number' ? d : Math.floor((d.times + d.plus) / d.over)
}

/** `512`, `height`, `height/4`, `ceil(height/8)`, `floor((height + 1)/2)`: also the name ONNX gets for it. */
export function printDimension(d: Dimension): string {
  if (typeof d === 'number') return String(d)
  const { symbol, multiple, plus, over, times } = d
  // In terms of the symbol's own value v = multiple·n: floor((p·v + plus·…) / q), brought to lowest terms.
  const common = gcd(times, multiple * over)
  const [p, q] = [times / common, (multiple * over) / common]
  const scaled = p === 1 ? symbol : `${p}*${symbol}`
  if (plus === 0) return q === 1 ? scaled : over === 1 ? `${scaled}/${q}` : `floor(${scaled}/${q})`
  if (p === 1 && q === over && plus === over - 1) return `ceil(${symbol}/${q})`
  if (over === 1)
    return `${q === 1 ? scaled : `${scaled}/${q}`} ${plus < 0 ? '-' : '+'} ${Math.abs(plus)}`
  const offset = plus * (q / over)
  return `floor((${scaled} ${plus < 0 ? '-' : '+'} ${Math.abs(offset)})/${q})`
}

export function printShape(shape: readonly Dimension[]): string {
  return `[${shape.map(printDimension).join(', ')}]`
}

/** How many elements; nothing where a side is symbolic. */
export function elementCount(shape: readonly number[]): number
export function elementCount(shape: readonly Dimension[]): number | undefined
export function elementCount(shape: readonly Dimension[]): number | undefined {
  let count = 1
  for (const d of shape) {
    if (typeof d !== 'number') return undefined
    count *= d
  }
  return count
}

function normal(d: SymbolicDimension): Dimension {
  const common = gcd(d.times, d.over)
  return { ...d, times: d.times / common, plus: Math.floor(d.plus / common), over: d.over / common }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
