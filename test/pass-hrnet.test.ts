import t from 'tap'
import { compile } from '../src/compile.js'
import { equalShapes } from '../src/compiler/dimension.js'
import { type Graph, nodesOf, operationsOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import { isConstant, type Node, operandsOf, type Value } from '../src/compiler/node.js'
import { rewrite } from '../src/compiler/rewrite.js'
import { validate } from '../src/compiler/validate.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import { foldConstants } from '../src/passes/fold-constants.js'
import { pipeline } from '../src/passes/pipeline.js'
import { removeIdentities } from '../src/passes/remove-identities.js'
import { shareCommon } from '../src/passes/share-common.js'
import { sized } from './support/passes.js'

const network = hrnetV2(18)
const plain = sized(network, 64, 64)

function kindsOf(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of operationsOf(graph)) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

type Left = Record<'identities' | 'constants' | 'copies' | 'norms', number>
const nothing: Left = { identities: 0, constants: 0, copies: 0, norms: 0 }

/** What passes should have taken, told without asking them. */
function leftIn(graph: Graph): Left {
  const left = { ...nothing }
  const seen = new Set<string>()
  const numbers = new Map<Node, number>(nodesOf(graph).map((node, n) => [node, n]))
  for (const node of operationsOf(graph)) {
    const operands = operandsOf(node)
    const [first] = operands as Value[]
    const resizes = node.kind === 'resize' && first
    if (node.kind === 'identity' || (resizes && equalShapes(node.type.shape, first.type.shape)))
      left.identities++
    if (operands.every(isConstant)) left.constants++
    if (node.kind === 'batchNorm' && first?.kind === 'conv') left.norms++
    const numbered = operands.map((operand) => numbers.get(operand))
    const computes = JSON.stringify([node.kind, node.attributes, numbered])
    if (seen.has(computes)) left.copies++
    seen.add(computes)
  }
  return left
}

t.test(
  'behind the pipeline HRNetV2-W18 has no batch norm, and nothing else is touched',
  async (t) => {
    const { graph, passes } = compile(network, { passes: pipeline })
    const did = passes.map(({ name, fired, declined }) => [name, fired, declined.length])
    t.same(did, [
      ['remove-identities', 0, 0],
      ['fold-constants', 0, 0],
      ['share-common', 0, 0],
      ['fold-batch-norm', 306, 0],
    ])
    t.same(leftIn(plain), { ...nothing, norms: 306 })
    t.same(leftIn(graph), nothing)
    const { batchNorm, ...others } = kindsOf(plain)
    t.equal(batchNorm, 306)
    t.same(kindsOf(graph), others)
  },
)

/** HRNetV2-W18 with something behind each of its ReLUs. */
function behindEach(put: (relu: Value) => Value): Graph {
  const { graph } = rewrite(plain, (node) => (node.kind === 'activation' ? put(node) : undefined))
  validate(graph)
  return graph
}

const relus = kindsOf(plain).activation as number

t.test('identities behind all ReLUs of HRNetV2-W18 are removed', async (t) => {
  const graph = behindEach((input) => make('identity', { input }, {}, input.origin))
  t.equal(leftIn(graph).identities, relus)
  const { graph: after, firings } = removeIdentities.run(graph)
  t.equal(firings.length, relus)
  t.equal(leftIn(after).identities, 0)
  t.same(kindsOf(after), kindsOf(plain))
})

t.test('constants computed behind all ReLUs of HRNetV2-W18 are folded', async (t) => {
  const graph = behindEach((left) => {
    const { origin } = left
    const name = `${origin.path}.offset`
    const input = make('parameter', {}, { name, shape: [1, 1, 1], role: 'free' }, origin)
    const right = make('activation', { input }, { function: { name: 'sigmoid' } }, origin)
    return make('add', { left, right }, {}, origin)
  })
  t.equal(leftIn(graph).constants, relus)
  const { graph: after, firings } = foldConstants.run(graph)
  t.equal(firings.length, relus)
  t.equal(leftIn(after).constants, 0)
})

t.test('HRNetV2-W18 beside a copy of itself is shared to the last operation', async (t) => {
  const copies = new Map<Node, Node>()
  for (const node of nodesOf(plain)) {
    const of = (operand: Node | undefined): Node | undefined =>
      operand && (copies.get(operand) ?? operand)
    const kept = node.kind === 'input' || isConstant(node)
    const inputs = Object.entries(node.inputs as Record<string, Node | readonly Node[]>).map(
      ([name, read]) => [name, Array.isArray(read) ? read.map(of) : of(read as Node)],
    )
    if (!kept)
      copies.set(
        node,
        make(node.kind, Object.fromEntries(inputs), node.attributes as never, node.origin) as Node,
      )
  }
  const again = plain.outputs.map(({ name, value }) => ({
    name: `${name}_again`,
    value: copies.get(value) as Value,
  }))
  const graph = { ...plain, outputs: [...plain.outputs, ...again] }
  validate(graph)
  const operations = operationsOf(plain).length
  t.equal(operationsOf(graph).length, 2 * operations)
  const { graph: after, firings } = shareCommon.run(graph)
  t.equal(firings.length, operations)
  t.equal(operationsOf(after).length, operations)
  t.same(leftIn(after), leftIn(plain))
  t.ok(after.outputs[0]?.value === after.outputs[1]?.value)
})
