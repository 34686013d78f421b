import { elementCount } from '../../compiler/dimension.js'
import { sides4, sidesOf } from '../../compiler/interpret/reading.js'
import type { Convolution, Node, NodeOf, Value } from '../../compiler/node.js'
import { adaptiveWindows, longest } from '../../compiler/windows.js'
import { absolute, type Bound, type Bounding, gamma, on, plus, share } from './bounding.js'

/** What is multiplied with, or added: how large it is, and how far off. */
interface Term {
  readonly size: Float64Array
  readonly bound: Bound
}

export function term(node: Node, { of, boundOf }: Bounding): Term {
  return { size: absolute(of(node)), bound: boundOf(node) }
}

/**
 * Of y = Σ w·x + b with `roundings` on the way of each term, where x is off by at most e, w by f and b by g:
 *
 *     |ŷ − y|  ≤  Σ (f + γ|w|)·|x|  +  g + γ|b|  +  Σ (|w| + f)·e
 *
 * (Higham, eq. 3.5, and what the operands bring). `run` computes y from other values of x, w and b.
 */
export function products(
  run: (x: Float64Array, w: Float64Array, b: Float64Array | undefined) => Float64Array,
  terms: { readonly x: Term; readonly w: Term; readonly b?: Term | undefined },
  roundings: number,
  { unit }: Bounding,
): Float64Array {
  const { x, w, b } = terms
  const by = gamma(roundings, unit)
  const rounded = ({ size, bound }: Term): Float64Array => plus(share(size, by), bound)
  const own = run(x.size, rounded(w), b && rounded(b))
  return x.bound ? plus(own, run(x.bound, plus(w.size, w.bound), undefined)) : own
}

type Layer = Convolution | NodeOf<'convTranspose'> | NodeOf<'linear'>

function layer(node: Layer, summed: number, around: Bounding): Float64Array {
  const { input, weight, bias } = node.inputs
  const [x, w] = [term(input, around), term(weight, around)]
  const b = bias && term(bias, around)
  const run = (x: Float64Array, w: Float64Array, b: Float64Array | undefined): Float64Array =>
    on(node, { input: x, weight: w, bias: b })
  return products(run, { x, w, b }, summed + (b ? 1 : 0), around)
}

export function conv(node: NodeOf<'conv'>, around: Bounding): Float64Array {
  const [, ...window] = sides4(node.inputs.weight)
  return layer(node, elementCount(window), around)
}

/** The addend is one term more, and max(0, y) is off by no more than y. */
export function fusedConv(node: NodeOf<'fusedConv'>, around: Bounding): Float64Array {
  const { addend, ...inputs } = node.inputs
  const [, ...window] = sides4(inputs.weight)
  const summed = elementCount(window) + (addend ? 1 : 0)
  const sums = layer({ ...node, inputs }, summed, around)
  if (!addend) return sums
  const { size, bound } = term(addend, around)
  return plus(plus(sums, share(size, gamma(summed + 1, around.unit))), bound)
}

/** Of the positions that a kernel covers, all may meet in one. */
export function convTranspose(node: NodeOf<'convTranspose'>, around: Bounding): Float64Array {
  const [channels, , ...area] = sides4(node.inputs.weight)
  return layer(node, (channels / node.attributes.groups) * elementCount(area), around)
}

export function linear(node: NodeOf<'linear'>, around: Bounding): Float64Array {
  return layer(node, sidesOf(node.inputs.weight.type)[1] as number, around)
}

export function add(node: NodeOf<'add'>, around: Bounding): Float64Array {
  const { left, right } = node.inputs
  const bound = ({ size, bound }: Term): Float64Array => bound ?? new Float64Array(size.length)
  const own = share(around.of(node), around.unit)
  if (!around.boundOf(left) && !around.boundOf(right)) return own
  return plus(own, on(node, { left: bound(term(left, around)), right: bound(term(right, around)) }))
}

export function multiply(node: NodeOf<'multiply'>, around: Bounding): Float64Array {
  const { left, right } = node.inputs
  const run = (x: Float64Array, w: Float64Array): Float64Array => on(node, { left: x, right: w })
  return products(run, { x: term(left, around), w: term(right, around) }, 1, around)
}

export function matmul(node: NodeOf<'matmul'>, around: Bounding): Float64Array {
  const { left, right } = node.inputs
  const run = (x: Float64Array, w: Float64Array): Float64Array => on(node, { left: x, right: w })
  const summed = sidesOf(left.type).at(-1) as number
  return products(run, { x: term(left, around), w: term(right, around) }, summed, around)
}

/**
 * Of p = scale·(x − mean)/d, d = sqrt(variance + epsilon), y = p + shift: five roundings of p (that of variance +
 * epsilon counts half, below a root) and one of y. What scale and variance bring is how much |p| grows with |scale|
 * as large and the variance as small as they may be.
 */
export function batchNorm(node: NodeOf<'batchNorm'>, around: Bounding): Float64Array {
  const { of, boundOf, unit } = around
  const { input, scale, shift, mean, variance } = node.inputs
  const zeros = (value: Value): Float64Array => new Float64Array(of(value).length)
  const product = { input: of(input), scale: of(scale), shift: zeros(shift), mean: of(mean) }
  const p = on(node, { ...product, variance: of(variance) })
  const own = plus(share(p, gamma(5, unit)), share(of(node), unit))
  if ([input, scale, shift, mean, variance].every((value) => !boundOf(value))) return own
  const widest = {
    scale: plus(absolute(of(scale)), boundOf(scale)),
    variance: of(variance).map((v, c) => v - (boundOf(variance)?.[c] ?? 0)),
  }
  const brought = on(node, {
    ...widest,
    input: boundOf(input) ?? zeros(input),
    shift: boundOf(shift) ?? zeros(shift),
    mean: (boundOf(mean) ?? zeros(mean)).map((off) => -off),
  })
  const most = on(node, { ...product, ...widest })
  const slack = 2 * gamma(6, unit)
  const grown = p.map((each, i) => {
    const size = Math.abs(most[i] as number)
    return size - Math.abs(each) + slack * size
  })
  return plus(plus(own, brought), grown)
}

/** Σ w·x, with weights that sum to one: what is off by e brings at most the same sum of e. */
function averaged(
  node: Value & { inputs: { input: Value } },
  roundings: number,
  around: Bounding,
): Float64Array {
  const { size, bound } = term(node.inputs.input, around)
  return on(node, { input: plus(share(size, gamma(roundings, around.unit)), bound) })
}

/** What is the largest of some, or one of them, is off by no more than the most of what they are. */
export function passedOn(node: Value & { inputs: { input: Value } }, around: Bounding): Bound {
  const bound = around.boundOf(node.inputs.input)
  return bound && on(node, { input: bound })
}

/** A sum and a division. */
export function pool(node: NodeOf<'pool'>, around: Bounding): Bound {
  const { operator, kernel } = node.attributes
  return operator === 'max' ? passedOn(node, around) : averaged(node, elementCount(kernel), around)
}

export function globalPool(node: NodeOf<'globalPool'>, around: Bounding): Bound {
  const [, , ...area] = sides4(node.inputs.input)
  return node.attributes.operator === 'max'
    ? passedOn(node, around)
    : averaged(node, elementCount(area), around)
}

/** As a pooling, or as two products with matrices of 1/n, which are rounded: of rows, then of columns. */
export function adaptivePool(node: NodeOf<'adaptivePool'>, around: Bounding): Float64Array {
  const [from, to] = [sides4(node.inputs.input), sides4(node)]
  const [rows, columns] = ([2, 3] as const).map((axis) =>
    longest(adaptiveWindows(from[axis], to[axis])),
  ) as [number, number]
  return averaged(node, rows * columns + 4, around)
}

/**
 * Along both sides (1 − share)·low + share·high: three roundings each. Where the place is no binary fraction, share is
 * off by three roundings of a place, and the result, piecewise linear in it, by that much of the largest difference.
 */
export function resize(node: NodeOf<'resize'>, around: Bounding): Bound {
  if (node.attributes.mode === 'nearest') return passedOn(node, around)
  const bound = averaged(node, 6, around)
  const from = sides4(node.inputs.input)
  const to = sides4(node)
  const off = [2, 3].reduce((sum, side) => {
    const [size, out] = [from[side] as number, to[side] as number]
    const exact = node.attributes.alignCorners
      ? out === 1 || isBinary(size - 1, out - 1)
      : isBinary(size, out)
    return exact ? sum : sum + gamma(3, around.unit) * size
  }, 0)
  if (off === 0) return bound
  const { size, bound: brought } = term(node.inputs.input, around)
  const largest = plus(size, brought).reduce((most, x) => Math.max(most, x), 0)
  return bound.map((each) => each + 2 * off * largest)
}

/** Whether times/over is a whole number over a power of two, so that its multiples are exact. */
function isBinary(times: number, over: number): boolean {
  const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b))
  return Number.isInteger(Math.log2(over / common(times, over)))
}
