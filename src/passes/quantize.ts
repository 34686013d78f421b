import type { Graph } from '../compiler/graph.js'
import { interner } from '../compiler/intern.js'
import { make, withOperands } from '../compiler/make.js'
import {
  type Constant,
  isConstant,
  type Kind,
  type Node,
  type NodeOf,
  operandsOf,
  type Value,
} from '../compiler/node.js'
import { type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { type EightBits, isEightBits, type Quantizer, quantizer, type Range } from './eight-bits.js'

export type { Range } from './eight-bits.js'

/**
 * What has a kernel for numbers of 8 bits reads and makes such numbers. Q brings numbers to 8 bits, which rounds
 * and clamps; D brings them back; x is some D(q):
 *
 *     f(x)          ≈  D(Q(f(x)))                       f = add, multiply, concat, average pooling, sigmoid, …
 *     W∗x + b       ≈  D(Q(D(Q(W))∗x + D(Q(b))))
 *     f(x)          ≈  D(Q(f(x))), in the steps of x    f takes numbers as they are: max pooling, nearest resize, reshape, …
 *     relu(D(Q(z))) ≈  D(Q(z)), in steps from 0         a relu clamps, and so does Q
 *
 * A bilinear resize reads and makes 8 bits, in steps of its own, and is computed in float32 between. Pixels are numbers of
 * 8 bits as they are given.
 *
 * Activations are unsigned; their 255 steps span the range that was met and 0. Weights are signed and symmetric, with a
 * scale for each output channel. Biases have 32 bits, in steps of the input's scale times the weight's.
 *
 * Refused, and so computed in float32: what ONNX Runtime has no kernel of 8 bits for; what no range is known of; what
 * has a weight that is computed from the input. What reads its result in 8 bits brings it there.
 */
export function quantize(ranges: ReadonlyMap<Value, Range>): Pass {
  return {
    name: 'quantize',
    equation: [
      'f(x) ≈ D(Q(f(x))), Q(x) = clamp(round(x / scale) + zero), D(q) = (q − zero)·scale',
      'W∗x + b ≈ D(Q(D(Q(W))∗x + D(Q(b))))',
      'clamp(D(Q(z))) ≈ D(Q(z)), in steps from 0',
    ].join('\n'),
    changes: 'precision',
    run: (graph) => run(graph, ranges),
  }
}

/** What a rule is told. */
interface Surroundings {
  readonly to: Quantizer
  /** Of the node that it is asked about. */
  readonly range: Range
  /** An operand in 8 bits, where its range is known. */
  eight(value: Value): EightBits | undefined
  readers(node: Node): number
}

type Rules = {
  readonly [K in Kind]?: (node: NodeOf<K>, around: Surroundings) => Node | Refusal | undefined
}

function run(graph: Graph, ranges: ReadonlyMap<Value, Range>): Rewriting {
  const to = quantizer(interner())
  return rewrite(graph, (node, { readers, old }) => {
    if (node.kind === 'cast') return ofPixels(node, to)
    if (placed.has(node.kind) || [node.type].flat().some(({ element }) => element !== 'float32'))
      return undefined
    const rule = rules[node.kind] as ((node: Node, around: Surroundings) => Node) | undefined
    if (!rule) return new Refusal(`there is no ${node.kind} of 8 bits`)
    const range = ranges.get(old as Value)
    if (!range) return noRange
    const stood = operandsOf(old)
    const was = new Map(operandsOf(node).map((operand, i) => [operand, stood[i]]))
    const eight = (value: Value): EightBits | undefined => {
      const known = ranges.get(was.get(value) as Value)
      return isEightBits(value) ? value : known && to.spanning(value, known)
    }
    return rule(node, { to, range, eight, readers })
  })
}

/** What is not computed, and what this pass has made. */
const placed: ReadonlySet<Kind> = new Set([
  'input',
  'parameter',
  'derived',
  'split',
  'quantize',
  'dequantize',
])

const rules: Rules = {
  conv: layer,
  linear: layer,
  add: spanned,
  multiply: spanned,
  concat: spanned,
  pool: (node, around) =>
    node.attributes.operator === 'max' ? taken(node, around) : spanned(node, around),
  globalPool: (node, around) =>
    node.attributes.operator === 'max'
      ? new Refusal('there is no global max pooling of 8 bits')
      : spanned(node, around),
  resize: (node, { eight, to, range }) => {
    const x = eight(node.inputs.input)
    if (!x) return noRange
    const made = make('resize', { ...node.inputs, input: x }, node.attributes, node.origin)
    return node.attributes.mode === 'nearest' ? to.alike(made, x) : to.spanning(made, range)
  },
  reshape: taken,
  transpose: taken,
  identity: taken,
  activation: (node, around) => {
    const { name } = node.attributes.function
    if (name === 'relu' || name === 'relu6') return clamped(node, around)
    if (name === 'sigmoid' || name === 'leakyRelu') return spanned(node, around)
    return new Refusal(`there is no ${name} of 8 bits`)
  },
  result: (node, around) => {
    const { of } = node.inputs
    if (of.kind !== 'split') return undefined
    const { input } = of.inputs
    return isEightBits(input) ? around.to.alike(node, input) : undefined
  },
}

function layer(
  node: NodeOf<'conv'> | NodeOf<'linear'>,
  { to, range, eight }: Surroundings,
): Value | Refusal {
  const { input, weight, bias } = node.inputs
  if (!isConstant(weight) || (bias && !isConstant(bias)))
    return new Refusal('its weight or its bias is computed from the input')
  const x = eight(input)
  if (!x) return noRange
  const w = to.weight(node, weight, bias as Constant | undefined, x)
  const inputs = { input: x, weight: w, bias: bias && to.bias(node, bias, x, w) }
  return to.spanning(
    node.kind === 'linear'
      ? make('linear', inputs, {}, node.origin)
      : make('conv', inputs, node.attributes, node.origin),
    range,
  )
}

const noRange = new Refusal('no range is known of it, or of what it reads')

/** Computed in 8 bits, its result in steps of its own. */
function spanned(node: Value, { to, range, eight }: Surroundings): Value | Refusal {
  const operands = new Map<Node, EightBits | undefined>()
  for (const operand of operandsOf(node) as readonly Value[])
    operands.set(operand, isConstant(operand) ? to.constant(operand) : eight(operand))
  if ([...operands.values()].includes(undefined)) return noRange
  return to.spanning(
    withOperands(node, (operand) => operands.get(operand) ?? operand),
    range,
  )
}

/** Numbers as they are, taken along: in float32 too, where they are. */
function taken(
  node: Value & { inputs: { input: Value } },
  { to }: Surroundings,
): Value | undefined {
  const { input } = node.inputs
  return isEightBits(input) ? to.alike(node, input) : undefined
}

/** What is clamped by 8 bits from 0 on, or from 0 to 6, needs no operation that clamps. */
function clamped(
  node: NodeOf<'activation'>,
  { to, range, readers }: Surroundings,
): Value | undefined {
  const most = node.attributes.function.name === 'relu6' ? Math.min(range.most, 6) : range.most
  const { input } = node.inputs
  // In float32, where that is: who takes 8 bits of it brings it there.
  if (!isEightBits(input)) return undefined
  const whole = input.inputs.input
  // Where others read it too it has steps of its own; and what is taken along has those of what it is taken from.
  const own =
    whole.kind === 'quantize' && readers(input) === 1 && computes.has(whole.inputs.input.kind)
  return to.spanning(own ? whole.inputs.input : node, { least: 0, most })
}

const computes: ReadonlySet<Kind> = new Set(['conv', 'linear', 'add', 'multiply'])

/** Pixels are numbers of 8 bits already. */
function ofPixels(node: NodeOf<'cast'>, to: Quantizer): Value | undefined {
  const pixels = node.inputs.input.type.element === 'uint8' && node.attributes.to === 'float32'
  return pixels ? to.exactly(node.inputs.input) : undefined
}
