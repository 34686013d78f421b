import { type Graph, nodesOf, readersOf } from '../compiler/graph.js'
import { make } from '../compiler/make.js'
import { type Node, operandsOf, type Value } from '../compiler/node.js'
import { type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { equalTypes } from '../compiler/shape.js'
import { type Add, sumAt, sumsOf } from './sums.js'

/**
 * Convolutions come last in a sum, and before them what is ready first:
 *
 *     (conv(x) + a) + b  =  (a + b) + conv(x)
 *
 * ONNX Runtime computes a convolution, the sum of it and one map more, and the activation of that, as one: on CPU where
 * the convolution is an operand of the add, either one, and nothing else reads it. Of k convolutions in a sum each can
 * take an add in, but for the first if nothing else is summed; the activation is only taken in by the last add. So a sum
 * is put in this order where more of it becomes one then. Refused: sums of which no term is such a convolution.
 */
export const orderSums: Pass = {
  name: 'order-sums',
  equation: '(conv(x) + a) + b = (a + b) + conv(x)',
  changes: 'rounding',
  run,
}

function run(graph: Graph): Rewriting {
  const orders = new Map(ordersOf(graph))
  return rewrite(graph, (node, { readers, old }) => {
    const order = orders.get(old)
    if (node.kind !== 'add' || !order) return undefined
    if (order instanceof Refusal) return order
    // What it answers with is put to it again, and is in order.
    orders.delete(old)
    const { terms, adds } = sumAt(node, readers)
    return chain(
      order.map((place) => terms[place] as Value),
      adds,
    ).at(-1)
  })
}

/** For each sum in which order matters: which of its terms come in which order, or why they stay. */
function* ordersOf(graph: Graph): Generator<readonly [Node, readonly number[] | Refusal]> {
  const readers = readersOf(graph)
  const depths = new Map<Node, number>()
  for (const node of nodesOf(graph))
    depths.set(node, 1 + Math.max(0, ...operandsOf(node).map((each) => depths.get(each) as number)))
  for (const [root, { terms, adds }] of sumsOf(graph)) {
    const takesIn = (term: Value): boolean =>
      term.kind === 'conv' && readers.get(term) === 1 && equalTypes(term.type, root.type)
    if (!terms.some(takesIn)) {
      const reason = `none of its ${terms.length} terms is a convolution that it alone reads`
      yield [root, new Refusal(reason)]
      continue
    }
    const rank = (term: Value): readonly [number, number] => [
      takesIn(term) ? 1 : 0,
      depths.get(term) as number,
    ]
    const order = [...terms.keys()].sort((i, j) => {
      const [a, b] = [rank(terms[i] as Value), rank(terms[j] as Value)]
      return a[0] - b[0] || a[1] - b[1]
    })
    const ordered = chain(
      order.map((place) => terms[place] as Value),
      adds,
    )
    if (takenIn(ordered, takesIn) > takenIn(adds, takesIn)) yield [root, order]
  }
}

/** How many adds of a sum convolutions take in; the last counts twice, since an activation goes with it. */
function takenIn(adds: readonly Add[], takesIn: (term: Value) => boolean): number {
  const taken = adds.filter(({ inputs: { left, right }, type }) => {
    const whole = equalTypes(left.type, type) && equalTypes(right.type, type)
    return whole && (takesIn(left) || takesIn(right))
  })
  return taken.length + (taken.at(-1) === adds.at(-1) ? 1 : 0)
}

/** Terms summed one after the other, by adds that come from where others did. */
function chain([first, ...rest]: readonly Value[], adds: readonly Add[]): readonly Add[] {
  const made: Add[] = []
  let left = first as Value
  for (const [i, right] of rest.entries()) {
    const sum = make('add', { left, right }, {}, (adds[i] as Add).origin)
    made.push(sum)
    left = sum
  }
  return made
}
