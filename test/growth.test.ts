import t from 'tap'
import { everything, grown } from '../bench/grown.js'
import { operationsOf } from '../src/compiler/graph.js'

for (const [name, write] of Object.entries(grown))
  t.test(
    `a ${name} of 15,000 operations goes through everything, without deep recursion`,
    async (t) => {
      const { plain, graph, bytes } = await everything(
        () => write(15_000),
        async (_, work) => work(),
      )
      t.ok(operationsOf(plain).length >= 15_000, `${operationsOf(plain).length} operations`)
      t.notOk(
        operationsOf(graph).some(({ kind }) => kind === 'batchNorm'),
        'every batch norm is folded',
      )
      t.ok(bytes > 5e5, `${bytes} bytes`)
    },
  )
