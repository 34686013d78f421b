import { perPlace } from '../../compiler/interpret/quantizing.js'
import type { Node, NodeOf } from '../../compiler/node.js'
import { absolute, type Bound, type Bounding, on, plus } from './bounding.js'
import { products, term } from './sums.js'

/**
 * A rounding to fewer bits is a function with steps. Where it is the value that is meant, it is off by the steps
 * between what the two ends of the interval around x come to: by nothing, where both are on one. Where it stands for
 * the number before it, it is off by exactly as much as it moved that number.
 */
function steps(node: Node & { inputs: { input: Node } }, off: Bound, around: Bounding): Bound {
  if (!off) return undefined
  const [x, y] = [around.of(node.inputs.input), around.of(node)]
  const rest = operandsBut(node, around)
  const ends = [-1, 1].map((sign) =>
    on(node, { ...rest, input: x.map((each, i) => each + sign * (off[i] as number)) }),
  )
  return y.map((each, i) => Math.max(...ends.map((end) => Math.abs((end[i] as number) - each))))
}

function operandsBut(
  { inputs }: Node & { inputs: { input: Node } },
  { of }: Bounding,
): Readonly<Record<string, Float64Array>> {
  const { input: _, ...rest } = inputs as Readonly<Record<string, Node>>
  return Object.fromEntries(Object.entries(rest).map(([name, operand]) => [name, of(operand)]))
}

export function cast(node: NodeOf<'cast'>, around: Bounding): Bound {
  const { input } = node.inputs
  const { to } = node.attributes
  const off = around.boundOf(input)
  if (to === 'float16' && around.narrowing === 'deviates') {
    const [x, y] = [around.of(input), around.of(node)]
    return plus(
      y.map((each, i) => Math.abs(each - (x[i] as number))),
      off,
    )
  }
  if (to === 'bool' && off) {
    const x = around.of(input)
    return off.map((each, i) => (each > 0 && Math.abs(x[i] as number) <= each ? 1 : 0))
  }
  return to === 'float32' || to === 'float64' ? off : steps(node, off, around)
}

/**
 * q = clamp(round(x/s) + z). As steps, of an x that is off by what it brings, what the scale does, and two roundings
 * of the quotient. As a number that it stands for: x/s + z, from which it is half a step away, or further where it
 * clamps. A constant is never clamped, since its scale is derived from it: no more than half a step is allowed there.
 */
export function quantize(node: NodeOf<'quantize'>, around: Bounding): Bound {
  const { of, boundOf, unit } = around
  const { input, scale, zero } = node.inputs
  const [x, off] = [of(input), boundOf(input)]
  const place = (value: Float64Array): ((at: number) => number) =>
    perPlace(input, scale, node.attributes.axis, () => value)
  const scaleOf = place(of(scale))
  const scaleOff = boundOf(scale) ? place(boundOf(scale) as Float64Array) : () => 0
  const zeroOf = place(of(zero))
  const zeroOff = boundOf(zero) ? place(boundOf(zero) as Float64Array) : () => 0
  // By how much x would have to be off for the quotient to be as far off as it is.
  const from = x.map((each, i) => {
    const relative = scaleOff(i) / (scaleOf(i) - scaleOff(i))
    return Math.abs(each) * (relative + 2 * unit) + (off?.[i] ?? 0) * (1 + relative)
  })
  if (around.narrowing === 'steps') {
    const moved = steps(node, from, around) as Float64Array
    return moved.map((each, i) => each + zeroOff(i))
  }
  const y = of(node)
  return from.map((each, i) => {
    const brought = each / scaleOf(i) + zeroOff(i)
    const ideal = (x[i] as number) / scaleOf(i) + zeroOf(i)
    const moved = Math.abs((y[i] as number) - ideal)
    const own = around.isConstant(input) ? Math.min(moved, 0.5) : moved
    return own + brought + 2 * unit * Math.abs(ideal)
  })
}

/** (q − z)·s: the difference of whole numbers is exact. */
export function dequantize(node: NodeOf<'dequantize'>, around: Bounding): Float64Array {
  const { of, boundOf } = around
  const { input, scale, zero } = node.inputs
  const zeros = new Float64Array(of(zero).length)
  const size = absolute(
    on(node, { input: of(input), scale: of(scale).map(() => 1), zero: of(zero) }),
  )
  const brought = boundOf(zero)
  const bound = brought
    ? on(node, {
        input: boundOf(input) ?? new Float64Array(size.length),
        scale: of(scale).map(() => 1),
        zero: brought.map((off) => -off),
      })
    : boundOf(input)
  const run = (x: Float64Array, w: Float64Array): Float64Array =>
    on(node, { input: x, scale: w, zero: zeros })
  return products(run, { x: { size, bound }, w: term(scale, around) }, 2, around)
}
