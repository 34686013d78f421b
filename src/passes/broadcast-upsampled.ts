import type { Costs } from '../compiler/costs.js'
import { make } from '../compiler/make.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'
import { type Pass, Refusal, rewrite } from '../compiler/rewrite.js'
import { equalTypes } from '../compiler/shape.js'
import { ifCheaper } from './cheapest.js'
import { factorsOf } from './repetition.js'
import type { Readers } from './reweighted.js'

/**
 * What is repeated and added is added as often:
 *
 *     nearest ×k (x) + y  =  flat (split (x) + split (y))
 *
 * where `split` makes [N, C, H, 1, W, 1] of x and [N, C, H, k, W, k] of y, between which the sum broadcasts, and `flat`
 * makes [N, C, H·k, W·k] of that again. The repeated map is never stored. Refused: bilinear; factors that are not whole;
 * where the repeated map is read elsewhere too; where a height or width is open, which a reshape has to state; where the
 * costs say that it does not pay.
 */
export function broadcastUpsampled(costs: Costs): Pass {
  return {
    name: 'broadcast-upsampled',
    equation:
      'nearest ×k (x) + y = flat(split(x) + split(y)), [N, C, H, 1, W, 1] + [N, C, H, k, W, k]',
    changes: 'nothing',
    run: (graph) => rewrite(graph, (node, { readers }) => broadcast(node, readers, costs)),
  }
}

function broadcast(node: Node, readers: Readers, costs: Costs): Node | Refusal | undefined {
  if (node.kind !== 'add') return undefined
  const { left, right } = node.inputs
  let refusal: Refusal | undefined
  for (const [repeated, other] of [
    [right, left],
    [left, right],
  ] as const) {
    if (repeated.kind !== 'resize') continue
    const answer = added(node, repeated, other, readers)
    if (!(answer instanceof Refusal)) return ifCheaper(node, answer, costs)
    refusal ??= answer
  }
  return refusal
}

function added(
  node: NodeOf<'add'>,
  repeated: NodeOf<'resize'>,
  other: Value,
  readers: Readers,
): Value | Refusal {
  const { origin } = node
  const { path } = repeated.origin
  if (repeated.attributes.mode === 'bilinear') return new Refusal(`${path} is bilinear`)
  if (readers(repeated) > 1) return new Refusal(`${path} is read ${readers(repeated)} times`)
  if (![repeated, other].every(({ type }) => equalTypes(type, node.type)))
    return new Refusal('it broadcasts already')
  const x = repeated.inputs.input
  const [channels, height, width] = x.type.shape.slice(1)
  if (![channels, height, width].every((side) => typeof side === 'number'))
    return new Refusal(`the height or width of ${path} is only known when the network runs`)
  const factors = factorsOf(repeated)
  if (!factors) return new Refusal(`${path} is by no whole factor`)
  const [c, h, w] = [channels, height, width] as [number, number, number]
  const shaped = (input: Value, ...sides: readonly number[]): Value =>
    make('reshape', { input: beforeFlat(input) }, { sides: ['same', ...sides] }, origin)
  const [left, right] = [shaped(x, c, h, 1, w, 1), shaped(other, c, h, factors[0], w, factors[1])]
  const sum = make('add', { left, right }, {}, origin)
  return shaped(sum, c, h * factors[0], w * factors[1])
}

/** What was reshaped, batch by batch, and is reshaped again: of a sum of several that are repeated, the sum so far. */
function beforeFlat(value: Value): Value {
  return value.kind === 'reshape' && value.attributes.sides[0] === 'same'
    ? value.inputs.input
    : value
}
