import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import t from 'tap'
import { grown } from '../bench/grown.js'
import { type Graph, nodesOf, operationsOf } from '../src/compiler/graph.js'
import { peakActivations } from '../src/compiler/memory.js'
import type { Node } from '../src/compiler/node.js'
import { asListed, depthFirst, depthFirstTwice, peakOf } from '../src/compiler/running.js'
import { specialise } from '../src/compiler/specialise.js'
import { validate } from '../src/compiler/validate.js'
import { add, conv, type Feature, hrnetV1, relu } from '../src/index.js'
import { orderNodes } from '../src/passes/order-nodes.js'
import { emitted } from './support/emitted.js'
import { decoded } from './support/onnx-faults.js'
import { applied, sized, small, text } from './support/passes.js'
import { networkOf } from './support/random/network.js'
import { everything, recipes } from './support/random/recipe.js'

/** The sum of two maps, one of which comes from a wide one. */
const gated = (x: Feature<4, 1>) => {
  const narrow = conv(x, 8, { kernel: 1, name: 'narrow' })
  const wide = relu(conv(x, 16, { kernel: 1, name: 'wide' }))
  const gate = conv(wide, 8, { kernel: 1, name: 'gate' })
  return { y: add(narrow, gate) }
}

/** x, narrow and two of 16 channels; without narrow. */
const bytes = [40, 36].map((channels) => 4 * channels * 8 * 8)

t.test('what needs most beyond what it leaves goes first', (t) => {
  const graph = small(gated)
  t.equal(
    text(graph),
    `x                            [1, 4, 8, 8]
%1 = conv(x, .weight, 1x1)   [1, 8, 8, 8]   narrow
%2 = conv(x, .weight, 1x1)   [1, 16, 8, 8]  wide
%3 = relu(%2)                [1, 16, 8, 8]  0
%4 = conv(%3, .weight, 1x1)  [1, 8, 8, 8]   gate
%5 = add(%1, %4)             [1, 8, 8, 8]   add
y = %5`,
  )
  const { graph: after } = applied(t, orderNodes(), graph)
  t.equal(
    text(after),
    `x                            [1, 4, 8, 8]
%1 = conv(x, .weight, 1x1)   [1, 16, 8, 8]  wide
%2 = relu(%1)                [1, 16, 8, 8]  0
%3 = conv(%2, .weight, 1x1)  [1, 8, 8, 8]   gate
%4 = conv(x, .weight, 1x1)   [1, 8, 8, 8]   narrow
%5 = add(%4, %3)             [1, 8, 8, 8]   add
y = %5`,
  )
  t.same([peakActivations(graph), peakActivations(after)], bytes)
  t.end()
})

t.test('a runtime that begins with what is listed last is given it the other way round', (t) => {
  const graph = small(gated)
  t.equal(applied(t, orderNodes(depthFirst), graph).graph, graph, 'as it stands, wide goes first')
  const turned = orderNodes().run(graph).graph
  const { graph: after } = applied(t, orderNodes(depthFirst), turned)
  t.same([peakOf(turned, depthFirst), peakOf(after, depthFirst)], bytes)
  t.end()
})

t.test('it declines with both numbers where no order needs less', (t) => {
  const declined = (graph: Graph): unknown => {
    const { graph: after, declined } = orderNodes().run(graph)
    t.equal(after, graph)
    return declined.map(({ path, reason }) => `${path}: ${reason}`)
  }
  t.same(declined(small((x) => ({ y: conv(x, 8, { kernel: 1 }) }))), [
    '0: at most 3.07 kB are alive as it stands, 3.07 kB in any order: what conv 0 reads and makes',
  ])
  t.same(declined(orderNodes().run(small(gated)).graph), [
    'add: at most 9.22 kB are alive as it stands, 9.22 kB in the best order that was found',
  ])
  t.same(declined(hrnetV1(4).graph), [
    'final_layer: its bytes are not known: input image is of any size',
  ])
  t.end()
})

t.test('whatever the network and the runtime, what it changes needs less', (t) => {
  let changed = 0
  for (const running of [asListed, depthFirst, depthFirstTwice])
    fc.assert(
      fc.property(recipes(everything), (recipe) => {
        const { plain } = networkOf(recipe)
        const { graph } = orderNodes(running).run(plain)
        if (graph === plain) return
        changed++
        const [before, after] = [plain, graph].map((each) => peakOf(each, running))
        if (!((after as number) < (before as number))) throw new Error(`${before} to ${after}`)
      }),
      { numRuns: 60, seed: 9 },
    )
  t.ok(changed >= 20, `${changed} of 180`)
  t.end()
})

t.test('a graph of 15,000 operations is ordered without deep recursion', (t) => {
  const graph = specialise(grown.grid(15_000).graph, { batch: 1, height: 4, width: 4 })
  const { graph: after } = orderNodes(depthFirst).run(graph)
  validate(after)
  t.ok(operationsOf(after).length >= 15_000)
  t.end()
})

/** The order in which ONNX Runtime runs the nodes of a file, its optimiser off. */
async function ran(bytes: Uint8Array): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'order-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
    logSeverityLevel: 3,
  })
  const [name] = session.inputNames as [string]
  await session.run({
    [name]: new Tensor('float32', new Float32Array(3 * 32 * 32), [1, 3, 32, 32]),
  })
  session.endProfiling()
  const [file] = readdirSync(folder) as [string]
  const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { name: string }[]
  return events.flatMap(({ name }) => /^(.*)_kernel_time$/.exec(name)?.[1] ?? [])
}

t.test('ONNX Runtime runs a file depth first, from what is listed last', async (t) => {
  const graph = sized(hrnetV1(4), 32, 32)
  for (const each of [graph, { ...graph, order: depthFirst(nodesOf(graph)) }]) {
    const { bytes } = await emitted(t, each)
    const names = (decoded(bytes).graph?.node ?? []).map(({ name }) => name as string)
    const operations = operationsOf(each)
    t.equal(names.length, operations.length, 'each is one operator')
    const nameOf = new Map<Node, string>(operations.map((node, i) => [node, names[i] as string]))
    const order = depthFirst(nodesOf(each)).flatMap((node) => nameOf.get(node) ?? [])
    t.same(await ran(bytes), order)
  }
})
