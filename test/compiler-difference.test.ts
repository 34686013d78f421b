import t from 'tap'
import { difference } from '../src/compiler/difference.js'
import { nodesOf, reachedFrom } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { Node, NodeOf, Value } from '../src/compiler/node.js'
import { add, conv, relu } from '../src/index.js'
import { small } from './support/passes.js'

const relued = (input: Value, path: string): Value =>
  make('activation', { input }, { function: { name: 'relu' } }, { path, place: undefined }) as Value

t.test('it is what one form reaches and the other does not, operands first', async (t) => {
  const graph = small((x) => ({ y: add(conv(x, 4, { kernel: 3 }), relu(x)) }))
  const sum = graph.outputs[0]?.value as NodeOf<'add'>
  const { left, right } = sum.inputs
  const x = graph.inputs[0] as Value
  // Reads what only the old form reached too, beside what is far behind.
  const form = relued(make('add', { left, right: relued(x, 'new') }, {}, sum.origin), 'outer')
  const apart = difference([sum], [form])
  t.same(
    apart.before.map(({ kind, origin }) => `${kind} ${origin.path}`),
    [`activation ${right.origin.path}`, `add ${sum.origin.path}`],
  )
  t.same(
    apart.after.map(({ kind, origin }) => `${kind} ${origin.path}`),
    ['activation new', `add ${sum.origin.path}`, 'activation outer'],
  )
  t.same(difference([sum], [sum]), { before: [], after: [] })
  t.same(difference([sum, left], [left]).before, apart.before)

  const reached = (roots: readonly Node[]): ReadonlySet<Node> => new Set(reachedFrom(roots))
  for (const a of nodesOf(graph))
    for (const b of [form, ...nodesOf(graph)]) {
      const [old, now] = [reached([a]), reached([b])]
      const { before, after } = difference([a], [b])
      t.same(new Set(before), new Set([...old].filter((node) => !now.has(node))))
      t.same(new Set(after), new Set([...now].filter((node) => !old.has(node))))
    }
})
