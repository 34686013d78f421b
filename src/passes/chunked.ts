import { make, withOperands } from '../compiler/make.js'
import type { Node, Value } from '../compiler/node.js'
import type { Dense, Hidden } from './hidden.js'
import type { Pieces } from './pieces.js'
import { part } from './reweighted.js'
import { sumOf } from './split-head.js'

/** What consumes hidden channels, as the sum of what it makes of each chunk: that of the second first. */
export function chunked(hidden: Hidden, sizes: readonly number[], made: Pieces): Value {
  const { consumer, nodes } = hidden
  const { weight, bias } = consumer.inputs
  const columns = made.cut(weight, 1, sizes, part(consumer, 'weight'))
  const [first, second, ...rest] = sizes.map((_, k) => {
    const became = new Map<Node, Value>()
    for (const node of nodes)
      became.set(
        node,
        node.kind === 'conv'
          ? rowsOf(node, sizes, k, made)
          : withOperands(node, (operand) => became.get(operand) ?? operand),
      )
    const input = became.get(consumer.inputs.input) as Value
    const last = k === sizes.length - 1
    const inputs = { input, weight: columns[k] as Value, bias: last ? bias : undefined }
    return make('conv', inputs, consumer.attributes, consumer.origin)
  }) as [Value, Value, ...Value[]]
  return sumOf([second, first, ...rest], consumer)
}

/** A convolution of one chunk of the channels that it puts out. */
function rowsOf(conv: Dense, sizes: readonly number[], k: number, made: Pieces): Value {
  const { input, weight, bias } = conv.inputs
  const rows = made.cut(weight, 0, sizes, part(conv, 'weight'))
  const biases = bias && made.cut(bias, 0, sizes, part(conv, 'bias'))
  const inputs = { input, weight: rows[k] as Value, bias: biases?.[k] }
  return make('conv', inputs, conv.attributes, conv.origin)
}
