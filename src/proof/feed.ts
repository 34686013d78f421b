import { limits } from '../compiler/interpret/quantizing.js'
import { sizeOf } from '../compiler/interpret/reading.js'
import type { ElementType, Node, NodeOf, Value } from '../compiler/node.js'
import { halfToNumber, numberToHalf } from '../half.js'
import type { Region } from './region.js'

/** What a leaf is drawn from, uniformly. */
export interface Span {
  readonly low: number
  readonly high: number
  /** Whether it stays as it is where others are scaled. */
  readonly fixed: boolean
}

const usual: Span = { low: -1, high: 1, fixed: false }
const positive: Span = { low: 0.2, high: 1.2, fixed: false }

const whole: Partial<Record<ElementType, Span>> = {
  bool: { low: 0, high: 1, fixed: true },
  uint8: { low: 0, high: 255, fixed: true },
  int8: { low: -128, high: 127, fixed: true },
  int32: { low: -1000, high: 1000, fixed: true },
  int64: { low: -1000, high: 1000, fixed: true },
}

/**
 * What each leaf of a region is drawn from: numbers around 0; above 0 where they are variances or scales; within the
 * range of 8 bits where they are brought to it, or come from it.
 */
export function spansOf({ order, leaves }: Region): ReadonlyMap<Node, Span> {
  const spans = new Map<Node, Span>()
  for (const leaf of leaves) spans.set(leaf, ownSpan(leaf as Value))
  const narrow = (leaf: Node, span: Span | undefined): void => {
    const known = spans.get(leaf)
    if (!known || !span) return
    const within = known.fixed && span.fixed ? common(known, span) : span
    spans.set(leaf, within)
  }
  for (const node of order) {
    if (leaves.has(node)) continue
    if (node.kind === 'batchNorm') narrow(node.inputs.variance, positive)
    if (node.kind === 'derived' && node.attributes.derivation.rule === 'normFactor')
      narrow(node.inputs.from[1] as Node, positive)
    if (node.kind === 'quantize' || node.kind === 'dequantize') narrow(node.inputs.scale, positive)
    if (node.kind === 'quantize' && node.inputs.input.kind !== 'parameter')
      narrow(node.inputs.input, rangeOf(node))
  }
  return spans
}

function ownSpan(leaf: Value): Span {
  if (leaf.kind === 'parameter' && leaf.attributes.role === 'normVariance') return positive
  if (leaf.kind === 'dequantize') return rangeOf(leaf) ?? usual
  return whole[leaf.type.element] ?? usual
}

/** Where ranges have nothing in common, the first. */
function common(a: Span, b: Span): Span {
  const [low, high] = [Math.max(a.low, b.low), Math.min(a.high, b.high)]
  return low < high ? { low, high, fixed: true } : a
}

/** The numbers that whole numbers of some bits stand for, in every place; none where scale or zero are not written down. */
export function rangeOf(node: NodeOf<'quantize'> | NodeOf<'dequantize'>): Span | undefined {
  const { scale, zero, input } = node.inputs
  const to = node.kind === 'quantize' ? node.attributes.to : input.type.element
  const [scales, zeros] = [numbersOf(scale), numbersOf(zero)]
  if (!scales || !zeros || !(to in limits)) return undefined
  const [least, most] = limits[to as keyof typeof limits]
  const ends = (end: number): readonly number[] =>
    scales.map((each, i) => each * (end - (zeros[i] as number)))
  return { low: Math.max(...ends(least)), high: Math.min(...ends(most)), fixed: true }
}

/** The numbers that a constant has written down. */
export function numbersOf(node: Node): readonly number[] | undefined {
  if (node.kind !== 'derived') return undefined
  const { derivation } = node.attributes
  return derivation.rule === 'literal' ? derivation.numbers : undefined
}

/** Draws the values of a leaf: all bits of a float64, of float16 those that it has, or whole numbers. */
export function fed(
  leaf: Value,
  { low, high, fixed }: Span,
  scale: number,
  next: () => number,
): Float64Array {
  const { element } = leaf.type
  const by = fixed ? 1 : scale
  return Float64Array.from({ length: sizeOf(leaf.type) }, () => {
    if (element in whole) return Math.floor(low + next() * (high + 1 - low))
    const value = by * (low + next() * (high - low))
    return element === 'float16' ? halfToNumber(numberToHalf(value)) : value
  })
}

/**
 * Numbers in [0, 1) with 53 bits, by C. Doty-Humphrey's sfc32: whole-number arithmetic, and so the same on every
 * machine. `stream` tells apart what is drawn of one seed.
 */
export function stream(seed: number, number: number): () => number {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, number | 0, 1]
  const bits = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  // Seeds that are alike part within these.
  for (let round = 0; round < 16; round++) bits()
  return () => (bits() * 2 ** 21 + (bits() >>> 11)) * 2 ** -53
}
