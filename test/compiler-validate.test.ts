import t from 'tap'
import type { Graph } from '../src/compiler/graph.js'
import { nodesOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import { type Kind, type Node, type NodeOf, operandsOf, type Value } from '../src/compiler/node.js'
import { type Invariant, invariants, validate } from '../src/compiler/validate.js'
import {
  add,
  averagePool,
  batchNorm,
  concat,
  conv,
  convTranspose,
  foreign,
  globalPool,
  InternalError,
  leakyRelu,
  linear,
  multiply,
  parameter,
  resize,
  sigmoid,
  split,
} from '../src/index.js'
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { foldConstants } from '../src/passes/fold-constants.js'
import { everyChoice } from './support/every-choice.js'
import { sized, small } from './support/passes.js'

/** A network with a node of nearly every kind. */
const whole = small((x) => {
  const [a, b] = split(x, [1, 3])
  const down = batchNorm(conv(concat(b, a), 6, { kernel: 3, stride: 2, groups: 2 }))
  const up = convTranspose(leakyRelu(down), 4, { kernel: 3, stride: 2, bias: true })
  const pooled = averagePool(resize(up, 2, { mode: 'bilinear' }), { kernel: 3, stride: 2 })
  const [odd] = foreign('Erf', {
    inputs: [pooled],
    results: [{ kind: 'feature', channels: 4, stride: 4 }],
  })
  return {
    y: linear(globalPool(odd), 3),
    z: add(multiply(x, sigmoid(parameter('gain', [4, 1, 1]))), x),
  }
})
const { graph: passed } = foldBatchNorm.run(foldConstants.run(whole).graph)

/** The graph with one node made otherwise by hand, and all that reads it. */
function spoilt<K extends Kind>(
  graph: Graph,
  kind: K,
  change: (node: NodeOf<K>) => object,
  which: (node: NodeOf<K>) => boolean = () => true,
): Graph {
  let done = false
  const became = new Map<Node, Node>()
  const over = (node: Node): Node => became.get(node) ?? node
  for (const node of nodesOf(graph)) {
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, operand]) => [
        name,
        Array.isArray(operand) ? operand.map(over) : operand && over(operand as Node),
      ]),
    )
    const touched = operandsOf(node).some((operand) => became.has(operand))
    let copy = touched ? ({ ...node, inputs } as Node) : node
    if (!done && node.kind === kind && which(node as never)) {
      copy = { ...copy, ...change(copy as never) } as Node
      done = true
    }
    if (copy !== node) became.set(node, copy)
  }
  if (!done) throw new Error(`there is no ${kind}`)
  return {
    ...graph,
    inputs: graph.inputs.map((node) => over(node) as typeof node),
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: over(value) as Value })),
  }
}

/** The graph with one attribute of the first node of a kind changed. */
function attribute<K extends Kind>(kind: K, changed: Partial<NodeOf<K>['attributes']>): Graph {
  return spoilt(kind === 'derived' ? passed : whole, kind, ({ attributes }) => ({
    attributes: { ...(attributes as object), ...changed },
  }))
}

/** The same of what chooses boxes. */
function choice<K extends Kind>(kind: K, changed: Partial<NodeOf<K>['attributes']>): Graph {
  return spoilt(sized(everyChoice, 7, 12), kind, ({ attributes }) => ({
    attributes: { ...(attributes as object), ...changed },
  }))
}

function renamed(graph: Graph, ...names: string[]): Graph {
  return {
    ...graph,
    outputs: graph.outputs.map(({ value }, i) => ({ name: names[i] as string, value })),
  }
}

const type = (...shape: number[]) => ({ element: 'float32', shape }) as const
const [input] = whole.inputs as [NodeOf<'input'>]
const norm = nodesOf(whole).find((node) => node.kind === 'batchNorm') as NodeOf<'batchNorm'>
const cut = nodesOf(whole).find((node) => node.kind === 'split') as NodeOf<'split'>
const loop = { ...norm, inputs: { ...norm.inputs } }
Object.assign(loop.inputs, { input: loop })

const origin = { path: 'made', place: undefined }
const over = (value: Value): Graph => ({ ...whole, outputs: [{ name: 'y', value }] })
const along = (kind: 'softmax' | 'argMax', axis: number): Graph =>
  over({ ...make(kind, { input: norm }, { axis: 1 }, origin), attributes: { axis } } as Value)
const transposed = (order: readonly number[]): Graph => {
  const node = make('transpose', { input: norm }, { order: [0, 1, 2, 3] }, origin)
  return over({ ...node, attributes: { order } })
}
const literal = (numbers: readonly number[]): Graph => {
  const derivation = { rule: 'literal', element: 'float32', shape: [2], numbers } as const
  return over(make('derived', { from: [] }, { derivation }, origin))
}

const other = onlyInput([1]).inputs[0] as Node

const broken: readonly (readonly [Invariant, string, Graph])[] = [
  ['kind', 'a kind that is not known', spoilt(whole, 'add', () => ({ kind: 'subtract' }))],
  ['order', 'a cycle', { ...whole, outputs: [{ name: 'y', value: loop }] }],
  ['results', 'a split read whole', spoilt(whole, 'concat', () => ({ inputs: { parts: [cut] } }))],
  ['results', 'a result of one value', spoilt(whole, 'result', () => ({ inputs: { of: norm } }))],
  ['index', 'a result past the last', attribute('result', { index: 7 })],
  ['attributes', 'no groups', attribute('conv', { groups: 0 })],
  ['attributes', 'groups that do not divide', attribute('conv', { groups: 4 })],
  ['attributes', 'half a stride', attribute('conv', { strides: [0.5, 1] })],
  ['attributes', 'negative padding', attribute('conv', { padding: [-1, 0, 0, 0] })],
  ['attributes', 'a literal of fewer numbers', literal([1])],
  ['attributes', 'a literal that holds none', literal([1, Number.NaN])],
  ['attributes', 'a softmax past the last axis', along('softmax', 4)],
  ['attributes', 'an argMax along half an axis', along('argMax', 0.5)],
  ['attributes', 'a transpose along half an axis', transposed([0, 1, 2, 2.5])],
  ['type', 'a transpose that names an axis twice', transposed([0, 1, 2, 2])],
  ['attributes', 'dilation 0', attribute('convTranspose', { dilations: [0, 1] })],
  [
    'attributes',
    'output padding of a stride',
    attribute('convTranspose', { outputPadding: [2, 2] }),
  ],
  ['attributes', 'an epsilon of 0', attribute('batchNorm', { epsilon: 0 })],
  ['attributes', 'an epsilon that is no number', attribute('batchNorm', { epsilon: Number.NaN })],
  [
    'attributes',
    'an infinite slope',
    attribute('activation', { function: { name: 'leakyRelu', slope: Number.POSITIVE_INFINITY } }),
  ],
  ['attributes', 'an axis past the last', attribute('concat', { axis: 4 })],
  ['attributes', 'an empty part', attribute('split', { sizes: [0, 4] })],
  ['attributes', 'a resize by nothing', attribute('resize', { times: 0 })],
  ['attributes', 'nearest corners', attribute('resize', { mode: 'nearest', alignCorners: true })],
  ['attributes', 'an empty window', attribute('pool', { kernel: [0, 3] })],
  ['attributes', 'a window of padding alone', attribute('pool', { padding: [3, 3, 3, 3] })],
  ['attributes', 'two rests', attribute('reshape', { sides: ['rest', 'rest'] })],
  ['attributes', 'none of the largest', choice('topK', { most: 0 })],
  ['attributes', 'a whole division by nothing', choice('wholeDivide', { by: 0 })],
  ['attributes', 'a box of no width', choice('anchors', { boxes: [[1, 0, 1, 2]] })],
  ['attributes', 'a deviation of 0', choice('decodeBoxes', { deviations: [1, 1, 0, 1] })],
  ['attributes', 'a level without a stride', choice('roiAlign', { strides: [] })],
  ['attributes', 'an overlap above 1', choice('nonMaxSuppression', { overlap: 1.5 })],
  ['attributes', 'a foreign operator without results', attribute('foreign', { results: [] })],
  ['attributes', 'a negative opset', attribute('foreign', { version: -1 })],
  ['attributes', 'a parameter of half a side', attribute('parameter', { shape: [0.5] })],
  [
    'attributes',
    'a factor with an epsilon of 0',
    spoilt(
      passed,
      'derived',
      () => ({ attributes: { derivation: { rule: 'normFactor', epsilon: 0 } } }),
      ({ attributes }) => attributes.derivation.rule === 'normFactor',
    ),
  ],
  ['type', 'another shape', spoilt(whole, 'conv', () => ({ type: type(1, 6, 5, 5) }))],
  [
    'type',
    'another element',
    spoilt(whole, 'add', (n) => ({ type: { ...n.type, element: 'int8' } })),
  ],
  [
    'type',
    'operands that do not fit',
    spoilt(whole, 'batchNorm', ({ inputs }) => ({ inputs: { ...inputs, input } })),
  ],
  ['sides', 'an input of no height', onlyInput([1, 4, 0, 8])],
  ['inputs', 'an input that is not declared', { ...whole, inputs: [] }],
  ['inputs', 'an input that is declared twice', { ...whole, inputs: [input, input] }],
  [
    'inputs',
    'an input without a name',
    { ...whole, inputs: [{ ...input, attributes: { ...input.attributes, name: '' } }] },
  ],
  ['outputs', 'no outputs', { ...whole, outputs: [] }],
  ['outputs', 'an output without a name', renamed(whole, 'y', ' ')],
  ['outputs', 'an output called as the input', renamed(whole, 'x', 'y')],
  ['outputs', 'two outputs of one name', renamed(whole, 'y', 'y')],
  ['outputs', 'a whole split', { ...whole, outputs: [{ name: 'y', value: cut as never }] }],
  [
    'parameters',
    'one name for two nodes',
    spoilt(whole, 'batchNorm', ({ inputs }) => ({
      inputs: { ...inputs, shift: { ...inputs.scale } },
    })),
  ],
  ['parameters', 'a parameter without a name', attribute('parameter', { name: '' })],
  [
    'derived',
    'a derived parameter that reads the input',
    spoilt(passed, 'derived', ({ inputs }) => ({ inputs: { from: [...inputs.from, input] } })),
  ],
  [
    'derived',
    'an expression that reads more than it holds',
    spoilt(
      passed,
      'derived',
      () => ({ inputs: { from: [] } }),
      ({ attributes }) => attributes.derivation.rule === 'computed',
    ),
  ],
  [
    'schedule',
    'an order that leaves a node out',
    { ...whole, order: nodesOf(whole).filter(({ kind }) => kind !== 'batchNorm') },
  ],
  [
    'schedule',
    'an order of another graph’s nodes',
    { ...whole, order: [...nodesOf(whole), other] },
  ],
  [
    'order',
    'an order in which a node comes before its operands',
    { ...whole, order: nodesOf(whole).toReversed() },
  ],
]

/** A graph of an input alone, of any shape. */
function onlyInput(shape: number[]): Graph {
  const other = type(...shape)
  const attributes = { ...input.attributes, type: other }
  const value: NodeOf<'input'> = { ...input, attributes, type: other }
  return { name: 'empty', inputs: [value], outputs: [{ name: 'y', value }] }
}

t.test('a graph as written, and after passes, is valid', (t) => {
  t.doesNotThrow(() => validate(whole))
  t.doesNotThrow(() => validate(passed))
  t.end()
})

for (const [invariant, name, graph] of broken)
  t.test(`${name} breaks the invariant “${invariant}”`, (t) => {
    t.throws(() => validate(graph), InternalError)
    t.throws(() => validate(graph), { message: `breaks the invariant “${invariant}”` })
    t.end()
  })

t.test('each invariant is broken by one of these tests', (t) => {
  t.strictSame(new Set(broken.map(([invariant]) => invariant)), new Set(Object.keys(invariants)))
  t.end()
})
