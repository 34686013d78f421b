import t from 'tap'
import { fitted } from '../bench/costs/fit.js'
import { amountsOf } from '../bench/costs/measure.js'
import { compile } from '../src/compile.js'
import { nodesOf, operationsOf } from '../src/compiler/graph.js'
import { explain } from '../src/explain.js'
import {
  add,
  concat,
  conv,
  type Feature,
  image,
  model,
  type Outputs,
  relu,
  resize,
  sigmoid,
  targetOf,
  targets,
  zooModel,
} from '../src/index.js'
import { instructionsHere } from '../src/runtime/instructions.js'
import { counted } from '../src/targets/costs/counted.js'
import { layouts } from '../src/targets/costs/layout.js'
import { measured } from '../src/targets/costs/table.js'
import { tables } from '../src/targets/costs/tables.js'
import { works } from '../src/targets/costs/work.js'

const body = (channels: number, write: (x: Feature<number, 1>) => Outputs, open = false) => {
  const network = model('net', image(channels, { size: [32, 32], name: 'x' }), write)
  const free = { multiple: 32 }
  const size = open ? { batch: { multiple: 1 }, height: free, width: free } : {}
  return compile(network, { size, passes: [] }).graph
}

const nearest = { mode: 'nearest' } as const

const one = (x: Feature<number, 1>, channels: number, name: string) =>
  conv(x, channels, { kernel: 1, name })

/** What ONNX Runtime 1.30 wrote of these networks, optimised, on AVX-512. */
t.test('values lie in blocks where ONNX Runtime puts them there', async (t) => {
  const graph = body(16, (x) => {
    const [narrow, odd] = [one(x, 16, 'narrow'), one(x, 18, 'odd')]
    const [twenty, thirty] = [one(x, 20, 'twenty'), one(x, 32, 'thirty')]
    return {
      summed: relu(add(narrow, one(narrow, 16, 'again'))),
      afterOdd: one(odd, 32, 'afterOdd'),
      afterTwenty: one(twenty, 20, 'afterTwenty'),
      joined: concat(narrow, thirty),
      joinedOdd: concat(twenty, thirty),
      mixed: add<number, 1>(
        resize(conv(x, 16, { kernel: 3, stride: 2, name: 'down' }), 1, nearest),
        x,
      ),
    }
  })
  const layoutOf = layouts(16)
  const lies = Object.fromEntries(graph.outputs.map(({ name, value }) => [name, layoutOf(value)]))
  t.same(lies, {
    summed: 'blocked',
    afterOdd: 'plain',
    afterTwenty: 'blocked',
    joined: 'blocked',
    joinedOdd: 'plain',
    mixed: 'plain',
  })
  const unblocked = layouts(1)
  t.ok(nodesOf(graph).every((node) => unblocked(node) === 'plain'))
})

t.test(
  'work is counted as it is done: rounded to blocks, reordered between layouts, fused',
  async (t) => {
    const macs = 32 * 32 * 16 * 16
    t.match(
      amountsOf(
        body(16, (x) => ({ y: relu(one(x, 16, 'a')) })),
        16,
      ),
      {
        call: 1,
        oneBlock: macs,
        // The input, and the output, from one layout into the other.
        reordered: 2 * 2 * 4 * 16 * 32 * 32,
      },
    )
    t.match(
      amountsOf(
        body(16, (x) => ({ y: one(x, 20, 'a') })),
        16,
      ),
      { twoBlocks: 2 * macs },
    )
    t.match(
      amountsOf(
        body(18, (x) => ({ y: one(x, 18, 'a') })),
        16,
      ),
      {
        matrix: 32 * 32 * 18 * 18,
        reordered: 0,
      },
    )
    t.match(
      amountsOf(
        body(16, (x) => ({ y: sigmoid(add(x, x)) })),
        16,
      ),
      {
        call: 2,
        curved: 16 * 32 * 32,
        moved: (3 + 2) * 4 * 16 * 32 * 32,
      },
    )
  },
)

t.test('an open side counts as a usual one', async (t) => {
  const write = (x: Feature<number, 1>) => ({ y: relu(one(x, 16, 'a')) })
  const [open, closed] = [amountsOf(body(16, write, true), 16), amountsOf(body(16, write), 16)]
  t.equal(open.oneBlock, 256 * (closed.oneBlock as number))
  const total = (isOpen: boolean): number =>
    operationsOf(body(16, write, isOpen)).reduce((sum, node) => sum + counted.of(node), 0)
  t.equal(total(true), 256 * total(false))
})

t.test('each table has a figure for every work, and none is below zero', async (t) => {
  for (const [name, table] of Object.entries(tables)) {
    t.equal(table.instructions, name)
    t.same(Object.keys(table.nanoseconds).sort(), Object.keys(works).sort())
    t.ok(Object.values(table.nanoseconds).every((ns) => ns >= 0))
    const graph = body(16, (x) => ({ y: relu(one(x, 16, 'a')) }))
    const costs = measured(table)
    t.ok(operationsOf(graph).reduce((sum, node) => sum + costs.of(node), 0) > 0)
  }
  t.match(instructionsHere() ?? 'unknown', /^[a-z0-9-]+$/)
})

t.test('no pass makes a network of the zoo cost more', async (t) => {
  for (const name of ['hrnet-v2-w18', 'hrnet-w18-c'])
    for (const target of [targetOf('ort-cpu', 'avx512-amx'), targets.portable]) {
      const { passes, cost } = explain(compile(zooModel(name), { target }))
      t.same(
        passes.filter(({ cost: { before, after } }) => after > before).map((pass) => pass.name),
        [],
        `${name}, ${target.name}`,
      )
      t.ok(cost.after < cost.before)
    }
})

t.test('the fit finds what times were made of', async (t) => {
  const observations = Array.from({ length: 30 }, (_, i) => {
    const amounts = {
      oneBlock: 1000 * (1 + (i % 5)),
      moved: 500 * (1 + (i % 7)),
      run: 1,
      given: 100 * i,
    }
    const ns = 0.01 * amounts.oneBlock + 0.2 * amounts.moved + 30 + 0.5 * amounts.given
    return { amounts, ns }
  })
  const { oneBlock, moved, run, given, blocks } = fitted(observations)
  const near = (a: number, b: number) => Math.abs(a / b - 1) < 1e-3
  t.ok(near(oneBlock, 0.01) && near(moved, 0.2) && near(run, 30) && near(given, 0.5))
  t.equal(blocks, 0, 'what is in none takes nothing')
})
