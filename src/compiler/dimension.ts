import { ShapeError } from './shape-error.js'

/**
 * One side of a tensor: a whole number, or floor((times·n + plus) / over) of a symbol, whose value is
 * multiple·n with n a whole number from 1. Convolution and pooling stay inside this form, because floors
 * nest: floor((floor(x / p) + k) / q) = floor((x + k·p) / (p·q)). ceil(height / 4) is floor((height + 3) / 4).
 */
export type Dimension = number | SymbolicDimension | ProductDimension

export interface SymbolicDimension {
  readonly symbol: string
  /** What the symbol is known to be a multiple of. */
  readonly multiple: number
  readonly times: number
  readonly plus: number
  readonly over: number
}

/** times · the product of symbolic sides, in order of their names: as many as there are positions of a map. */
export interface ProductDimension {
  readonly times: number
  readonly factors: readonly SymbolicDimension[]
}

/** A side that is only known when the network runs; `multiple` is what it will be a multiple of. */
export function symbolicDimension(symbol: string, multiple = 1): SymbolicDimension {
  return { symbol, multiple, times: multiple, plus: 0, over: 1 }
}

export function isProduct(d: Dimension): d is ProductDimension {
  return typeof d === 'object' && 'factors' in d
}

/** What a side follows that is no number: an input's `height`. */
export function symbolOf(d: SymbolicDimension | ProductDimension): string {
  return isProduct(d) ? d.factors.map(symbolOf).join('*') : d.symbol
}

/** floor((d + plus) / over). */
export function floorDivide(d: Dimension, plus: number, over: number): Dimension {
  if (typeof d === 'number') return Math.floor((d + plus) / over)
  if (isProduct(d)) return dividedProduct(d, plus, over)
  return normal({ ...d, plus: d.plus + plus * d.over, over: d.over * over })
}

/** d·factor, or nothing where that has no such form: 2·ceil(height / 8) is not known to be ceil(height / 4). */
export function scaleDimension(d: Dimension, factor: number): Dimension | undefined {
  if (typeof d === 'number') return d * factor
  if (factor === 1) return d
  if (isProduct(d)) return { ...d, times: d.times * factor }
  return d.over === 1 ? { ...d, times: d.times * factor, plus: d.plus * factor } : undefined
}

export function equalDimensions(a: Dimension, b: Dimension): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b
  if (isProduct(a) || isProduct(b)) return quotientOf([a], [b]) === 1
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
  if (typeof d === 'number') return d
  if (isProduct(d)) return d.factors.reduce((least, each) => least * leastOf(each), d.times)
  return Math.floor((d.times + d.plus) / d.over)
}

/** The product of sides. */
export function multiplyDimensions(sides: readonly Dimension[]): Dimension {
  const { times, factors } = factorsOf(sides)
  const [first, ...rest] = factors
  if (!first) return times
  const scaled = rest.length === 0 ? scaleDimension(first, times) : undefined
  return scaled ?? { times, factors }
}

/** What the product of some sides is over that of others; nothing where that is no known size. */
export function quotientOf(
  sides: readonly Dimension[],
  over: readonly Dimension[],
): Dimension | undefined {
  const [whole, part] = without(factorsOf(sides), factorsOf(over))
  // What is not there as it stands may be there as a multiple: height/2 in 8·(height/16).
  const [left, rest] = without(inLeastTerms(whole), inLeastTerms(part))
  if (rest.factors.length > 0 || left.times % rest.times !== 0) return undefined
  const asItStands = part.factors.length === 0 && whole.times % part.times === 0
  return asItStands
    ? multiplyDimensions([whole.times / part.times, ...whole.factors])
    : multiplyDimensions([left.times / rest.times, ...left.factors])
}

/** Two products, without the factors that both have. */
function without(
  whole: ProductDimension,
  part: ProductDimension,
): readonly [ProductDimension, ProductDimension] {
  const left = [...whole.factors]
  const rest = part.factors.filter((factor) => {
    const at = left.findIndex((each) => equalDimensions(each, factor))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  return [
    { ...whole, factors: left },
    { ...part, factors: rest },
  ]
}

/** Each factor times·n as n, and its number with the others. */
function inLeastTerms({ times, factors }: ProductDimension): ProductDimension {
  const isMultiple = ({ plus, over }: SymbolicDimension): boolean => plus === 0 && over === 1
  return {
    times: factors.reduce((all, each) => (isMultiple(each) ? all * each.times : all), times),
    factors: factors.map((each) => (isMultiple(each) ? { ...each, times: 1 } : each)),
  }
}

/** Numbers and symbolic sides apart, these in order of their names. */
function factorsOf(sides: readonly Dimension[]): ProductDimension {
  const all = sides.map((d): ProductDimension => {
    if (typeof d === 'number') return { times: d, factors: [] }
    return isProduct(d) ? d : { times: 1, factors: [d] }
  })
  const named = all
    .flatMap(({ factors }) => factors)
    .map((factor) => ({ factor, name: printDimension(factor) }))
  return {
    times: all.reduce((product, { times }) => product * times, 1),
    factors: named.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ factor }) => factor),
  }
}

/** `512`, `height`, `height/4`, `ceil(height/8)`, `floor((height + 1)/2)`: also the name ONNX gets for it. */
export function printDimension(d: Dimension): string {
  if (typeof d === 'number') return String(d)
  if (isProduct(d)) return printProduct(d)
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

function printProduct({ times, factors }: ProductDimension): string {
  const names = factors.map(printDimension).map((name) => (/[ /]/.test(name) ? `(${name})` : name))
  return [...(times === 1 ? [] : [times]), ...names].join('*')
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

/**
 * A product is divided by what divides its number.
 * @throws {ShapeError} where it is not.
 */
function dividedProduct(d: ProductDimension, plus: number, over: number): Dimension {
  if (plus === 0 && d.times % over === 0) return multiplyDimensions([d.times / over, ...d.factors])
  throw new ShapeError(
    `floor((${printDimension(d)} ${plus < 0 ? '-' : '+'} ${Math.abs(plus)})/${over}) is no known size`,
    'Give the network a fixed size, or keep height and width apart.',
  )
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
