import type { Costs } from '../compiler/costs.js'
import { withOperands } from '../compiler/make.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'
import { type Pass, Refusal, rewrite } from '../compiler/rewrite.js'
import { cheapest, ifCheaper, quietAboutOwn } from './cheapest.js'
import { countsZeros, isPointwise } from './pointwise.js'
import type { Readers } from './reweighted.js'

/**
 * A 1×1 convolution (stride 1, no padding, any groups) mixes channels, a resize and an average mix positions, each with
 * weights that sum to one. So they may change places, and do where that costs less:
 *
 *     conv1×1(resize(x))   =  resize(conv1×1(x))       before what makes a map larger
 *     average(conv1×1(x))  =  conv1×1(average(x))      behind what makes it smaller
 *
 * each in both directions, for global averages too. Through several in a row it goes to the cheapest place.
 *
 * Refused: where that does not cost less; where what stands between is read elsewhere too (it would be computed all the
 * same); through a maximum, which is not linear; through an average that counts the zeros of its padding, for a
 * convolution with a bias.
 */
export function hoistPointwise(costs: Costs): Pass {
  return {
    name: 'hoist-pointwise',
    equation: [
      'conv1×1(resize(x)) = resize(conv1×1(x))',
      'conv1×1(average(x)) = average(conv1×1(x))',
    ].join('\n'),
    changes: 'rounding',
    run(graph) {
      return rewrite(
        graph,
        quietAboutOwn((node, { readers }) => swapped(node, readers, costs)),
      )
    },
  }
}

/** A 1×1 convolution, or what it may change places with. */
type Movable = NodeOf<'conv'> | NodeOf<'resize'> | NodeOf<'pool'> | NodeOf<'globalPool'>

function swapped(node: Node, readers: Readers, costs: Costs): Value | Refusal | undefined {
  if (!isMovable(node)) return undefined
  const { input } = node.inputs
  if (!changesWith(node, input)) return undefined
  const kept = keptBehind(node, input, readers)
  if (kept) return new Refusal(kept)
  const passed: Movable[] = []
  const forms: Value[] = []
  for (
    let x: Value = input;
    changesWith(node, x) && !keptBehind(node, x, readers);
    x = x.inputs.input
  ) {
    passed.push(x)
    const moved: Value = reading(node, x.inputs.input)
    forms.push(passed.reduceRight((value, behind) => reading(behind, value), moved))
  }
  return ifCheaper(node, cheapest(forms as [Value, ...Value[]], costs), costs)
}

function isMovable(x: Node): x is Movable {
  return x.kind === 'resize' || x.kind === 'pool' || x.kind === 'globalPool' || isPointwise(x)
}

/** Whether one of the two mixes channels, and the other positions. */
function changesWith(node: Movable, x: Value): x is Movable {
  return isMovable(x) && (node.kind === 'conv') !== (x.kind === 'conv')
}

/** Why a node has to stay behind what it reads, if it has to. */
function keptBehind(node: Movable, x: Movable, readers: Readers): string | undefined {
  const { path } = x.origin
  if (readers(x) > 1) return `${path} before it is read ${readers(x)} times, not by it alone`
  const [conv, mixing] = node.kind === 'conv' ? [node, x] : [x, node]
  if (mixing.kind !== 'pool' && mixing.kind !== 'globalPool') return undefined
  if (mixing.attributes.operator === 'max')
    return `${mixing.origin.path} takes maxima, which are not linear`
  return conv.kind === 'conv' && conv.inputs.bias && countsZeros(mixing)
    ? `${mixing.origin.path} counts the zeros of its padding, which have no bias`
    : undefined
}

/** The same of another value. */
function reading(node: Movable, input: Value): Movable {
  return withOperands(node, (operand) => (operand === node.inputs.input ? input : operand))
}
