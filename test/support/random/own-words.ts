import type { Graph } from '../../../src/compiler/graph.js'
import { make } from '../../../src/compiler/make.js'
import type { NodeOf, Value } from '../../../src/compiler/node.js'
import { type Rewriting, rewrite } from '../../../src/compiler/rewrite.js'

/** The same graph, its foreign operators in heddle's own words: only so can they be interpreted. */
export function inOwnWords(graph: Graph): Rewriting {
  return rewrite(graph, (node) =>
    node.kind === 'result' && node.inputs.of.kind === 'foreign'
      ? own(node, node.inputs.of)
      : undefined,
  )
}

function own({ attributes: { index } }: NodeOf<'result'>, of: NodeOf<'foreign'>): Value {
  const { origin } = of
  const [input, right] = of.inputs.operands as readonly [Value, Value]
  switch (of.attributes.operator) {
    case 'LeakyRelu': {
      const slope = of.attributes.attributes.alpha as number
      return make('activation', { input }, { function: { name: 'leakyRelu', slope } }, origin)
    }
    case 'Mul':
      return make('multiply', { left: input, right }, {}, origin)
    case 'Split': {
      const sizes = of.type.map(({ shape }) => shape[1] as number)
      const split = make('split', { input }, { axis: 1, sizes }, origin)
      return make('result', { of: split }, { index }, origin)
    }
    default:
      throw new Error(`nobody said what ${of.attributes.operator} computes`)
  }
}
