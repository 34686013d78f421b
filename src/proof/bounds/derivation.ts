import type { Derivation, Node, NodeOf } from '../../compiler/node.js'
import { InternalError } from '../../errors.js'
import { absolute, type Bound, type Bounding, gamma, on, plus, share } from './bounding.js'
import { products, term } from './sums.js'

type Rules = {
  readonly [R in Derivation['rule']]: (
    derivation: Derivation & { rule: R },
    node: NodeOf<'derived'>,
    around: Bounding,
  ) => Bound
}

/** The bound of each rule of `Derivation`, whose equations are there. */
const rules: Rules = {
  // The sum below the root counts half, root and quotient one each.
  normFactor: (_, node, around) => {
    const [scale, variance] = [from(node, 0), from(node, 1)]
    const own = share(around.of(node), gamma(3, around.unit))
    if (!around.boundOf(scale) && !around.boundOf(variance)) return own
    const off = around.boundOf(variance)
    return grown(node, own, around, [
      plus(absolute(around.of(scale)), around.boundOf(scale)),
      around.of(variance).map((v, c) => v - (off?.[c] ?? 0)),
    ])
  },
  normOffset: (_, node, { of, boundOf, unit }) => {
    const [shift, mean, factor] = [from(node, 0), from(node, 1), from(node, 2)]
    const bias = node.inputs.from[3]
    const off = (operand: Node | undefined, c: number): number =>
      (operand && boundOf(operand)?.[c]) ?? 0
    const by = gamma(3, unit)
    return of(shift).map((t, c) => {
      const difference = Math.abs((bias ? (of(bias)[c] as number) : 0) - (of(mean)[c] as number))
      const size = Math.abs(of(factor)[c] as number)
      const brought = (off(bias, c) + off(mean, c)) * (size + off(factor, c))
      return (
        by * (Math.abs(t) + difference * size) +
        off(shift, c) +
        brought +
        difference * off(factor, c)
      )
    })
  },
  scaleChannels: (_, node, around) => {
    const [weight, factor] = [term(from(node, 0), around), term(from(node, 1), around)]
    const run = (x: Float64Array, w: Float64Array): Float64Array => on(node, { from: [w, x] })
    return products(run, { x: factor, w: weight }, 1, around)
  },
  throughWeight: (_, node, around) => {
    const [weight, offset] = [term(from(node, 0), around), term(from(node, 1), around)]
    const bias = node.inputs.from[2] && term(node.inputs.from[2], around)
    const none = around.of(node).map(() => 0)
    const run = (x: Float64Array, w: Float64Array, b: Bound): Float64Array =>
      on(node, { from: bias ? [w, x, b ?? none] : [w, x] })
    const summed = weight.size.length / none.length
    return products(run, { x: offset, w: weight, b: bias }, summed + (bias ? 1 : 0), around)
  },
  // Where all may be 0, the whole step to 1 / steps is.
  channelScale: (_, node, around) => {
    const own = share(around.of(node), around.unit)
    const { from } = node.inputs
    if (!from.some(around.boundOf)) return own
    const widest = from.map((each) => {
      const [size, off] = [absolute(around.of(each)), around.boundOf(each)]
      return off ? plus(size, off) : size
    })
    return grown(node, own, around, widest)
  },
  literal: () => undefined,
  computed: ({ expression }, _, { boundOf }) => boundOf(expression),
}

/** What a rule brings whose |value| is largest for the operands `widest`: by how much it grows, both being rounded. */
function grown(
  node: NodeOf<'derived'>,
  own: Float64Array,
  { of, unit }: Bounding,
  widest: readonly Float64Array[],
): Float64Array {
  const most = on(node, { from: widest })
  return of(node).map((y, i) => {
    const size = Math.abs(most[i] as number)
    return (own[i] as number) + Math.abs(size - Math.abs(y)) + 2 * gamma(4, unit) * size
  })
}

export function derived(node: NodeOf<'derived'>, around: Bounding): Bound {
  const { derivation } = node.attributes
  const rule = rules[derivation.rule] as (
    derivation: Derivation,
    node: NodeOf<'derived'>,
    around: Bounding,
  ) => Bound
  return rule(derivation, node, around)
}

function from({ inputs, attributes }: NodeOf<'derived'>, i: number): Node {
  const operand = inputs.from[i]
  if (!operand)
    throw new InternalError(`${attributes.derivation.rule} of ${inputs.from.length} parameters`)
  return operand
}
