import t from 'tap'
import { type Compilation, compile } from '../src/compile.js'
import { nodesOf } from '../src/compiler/graph.js'
import { make, withOperands } from '../src/compiler/make.js'
import { isValue, type Node, operandsOf, type Value } from '../src/compiler/node.js'
import { print } from '../src/compiler/print.js'
import type { Pass } from '../src/compiler/rewrite.js'
import { toOnnx, zooModel } from '../src/index.js'
import { pipeline } from '../src/passes/pipeline.js'
import { lightFamilies } from './support/light-families.js'

/** Makes every node anew and changes nothing: what depends on a node being the same object shows. */
const rebuild: Pass = {
  name: 'rebuild',
  equation: 'x = x',
  changes: 'nothing',
  run(graph) {
    const became = new Map<Node, Node>()
    const now = (node: Node): Node => became.get(node) ?? node
    for (const node of nodesOf(graph)) {
      const leaf = operandsOf(node).length === 0
      became.set(
        node,
        leaf
          ? (make(
              node.kind,
              node.inputs as never,
              { ...node.attributes } as never,
              node.origin,
            ) as Node)
          : withOperands(node, now),
      )
    }
    return {
      graph: {
        name: graph.name,
        inputs: graph.inputs.map((input) => now(input) as typeof input),
        outputs: graph.outputs.map(({ name, value }) => ({ name, value: now(value) as Value })),
      },
      equals: new Map([...became].filter(([old]) => isValue(old)) as [Value, Value][]),
      firings: [],
      declined: [],
    }
  },
}

const rebuilding = pipeline.flatMap((pass) => [rebuild, pass])
/** Of those that are large, one of each kind: others differ from it in how often they repeat a unit. */
const large = ['resnet-50-fpn', 'faster-rcnn-resnet-50-fpn', 'deeplabv3-resnet-101']
const networks = [
  ...lightFamilies.map(({ name, make }) => make(name.includes('{C}') ? 4 : undefined)),
  ...large.map((name) => zooModel(name)),
]

t.test('every node is made anew', async (t) => {
  for (const model of networks) {
    const { plain, graph } = compile(model, { passes: [rebuild] })
    const before = new Set(nodesOf(plain))
    t.same(
      nodesOf(graph).filter((node) => before.has(node)),
      [],
    )
    t.equal(nodesOf(graph).length, before.size)
  }
})

t.test('and the passes do to every network of the zoo what they did without', async (t) => {
  for (const model of networks) {
    const [once, twice] = [pipeline, rebuilding].map((passes) => compile(model, { passes })) as [
      Compilation,
      Compilation,
    ]
    t.equal(print(twice.graph), print(once.graph), model.name)
    const reports = twice.passes.filter(({ name }) => name !== 'rebuild')
    t.same(
      reports.map(({ fired, declined }) => ({ fired, declined })),
      once.passes.map(({ fired, declined }) => ({ fired, declined })),
    )
    t.same(
      [...twice.equals].map(([old, now]) => [old.origin.path, now.origin.path]),
      [...once.equals].map(([old, now]) => [old.origin.path, now.origin.path]),
    )
  }
})

t.test('down to the bytes, but for the names of the passes', async (t) => {
  const [model] = networks as [(typeof networks)[number]]
  const size = { height: 64, width: 64 }
  const bytesOf = async (passes: readonly Pass[]): Promise<Buffer> => {
    const pieces: Uint8Array[] = []
    for await (const piece of toOnnx(model, { size, passes }).chunks()) pieces.push(piece)
    return Buffer.concat(pieces)
  }
  const [once, twice] = [await bytesOf(pipeline), await bytesOf(rebuilding)]
  const names = (passes: readonly Pass[]): string => passes.map(({ name }) => name).join(', ')
  const at = once.indexOf(names(pipeline))
  t.ok(at > once.length - 1000)
  t.ok(twice.includes(names(rebuilding)))
  t.ok(twice.subarray(0, at - 20).equals(once.subarray(0, at - 20)))
})
