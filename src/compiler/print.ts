import { printShape } from './dimension.js'
import { type Graph, nodesOf } from './graph.js'
import {
  type ActivationFunction,
  type Convolution,
  dispatch,
  isConstant,
  type Node,
  type NodeOf,
  type Padding,
  type Pair,
  type PerKind,
  type TensorType,
  type Value,
  type Weighted,
} from './node.js'

/**
 * A graph as text that people read and tests compare: what goes in; one line for each operation, with its
 * operands, what of its attributes is not the default, its type and where it comes from; what comes out; and
 * how constants are derived from parameters.
 *
 *     tiny
 *       image                                     [1, 3, 8, 8]
 *       %1 = conv(image, .weight, 3x3, stride 2)  [1, 4, 4, 4]  stem.conv1
 *       %2 = batchNorm(%1, .*)                    [1, 4, 4, 4]  stem.bn1
 *       features = %2
 *
 * `.weight` is that of the layer on the line, `stem.conv1.weight`; `.*` the four of a batch norm. `%5.0` is
 * the first result of `%5`, `$1` the first constant that is derived. Elements are float32 where none are told.
 */
export function print(graph: Graph): string {
  const names = namesIn(graph)
  const rows: Row[] = []
  const derived: Row[] = []
  for (const node of nodesOf(graph)) {
    const name = names.get(node)
    if (node.kind === 'parameter' || node.kind === 'result' || name === undefined) continue
    const call = dispatch(calls, node, (operand) => reference(operand, node, names))
    const row: Row = [
      call === '' ? name : `${name} = ${call}`,
      printType(node.type),
      node.origin.path,
    ]
    if (node.kind === 'derived') derived.push(row)
    else rows.push(node.kind === 'input' ? [row[0], row[1], ''] : row)
  }
  const outputs = graph.outputs.map(
    ({ name, value }): string => `  ${name} = ${reference(value, undefined, names)}`,
  )
  return [graph.name, ...columns(rows), ...outputs, ...columns(derived)].join('\n')
}

type Row = readonly [text: string, type: string, path: string]
type Names = ReadonlyMap<Node, string>
type Reference = (operand: Node) => string

function namesIn(graph: Graph): Names {
  const names = new Map<Node, string>()
  let [operations, constants] = [0, 0]
  for (const node of nodesOf(graph)) {
    if (node.kind === 'input') names.set(node, node.attributes.name)
    else if (node.kind === 'derived') names.set(node, `$${++constants}`)
    else if (node.kind !== 'parameter' && node.kind !== 'result')
      names.set(node, `%${++operations}`)
  }
  return names
}

/** What a node is called where `reader` reads it. */
function reference(node: Node, reader: Node | undefined, names: Names): string {
  if (node.kind === 'result') return `${names.get(node.inputs.of)}.${node.attributes.index}`
  if (node.kind !== 'parameter') return names.get(node) ?? node.kind
  const { name } = node.attributes
  // What is derived is called like a parameter of its layer, and read beside it.
  const path = reader?.origin.path ?? ''
  const own = reader?.kind === 'derived' ? path.slice(0, path.lastIndexOf('.') + 1) : `${path}.`
  return own.length > 1 && name.startsWith(own) ? name.slice(own.length - 1) : name
}

/** Texts, types and origins below one another; a text far wider than the rest does not move them. */
function columns(rows: readonly Row[]): readonly string[] {
  const width = (column: 0 | 1, most: number): number =>
    rows.reduce(
      (widest, { [column]: { length } }) => (length > most ? widest : Math.max(widest, length)),
      0,
    )
  const [text, type] = [width(0, 56), width(1, 28)]
  return rows.map((row) => `  ${row[0].padEnd(text)}  ${row[1].padEnd(type)}  ${row[2]}`.trimEnd())
}

/** What a node makes, as `[1, 4, 8, 8]` and `int64[4]`: elements are float32 where none are told. */
export function printType(type: Node['type']): string {
  return [type]
    .flat()
    .map(
      ({ element, shape }: TensorType) =>
        (element === 'float32' ? '' : element) + printShape(shape),
    )
    .join(' ')
}

function call(name: string, ...parts: readonly (string | false)[]): string {
  return `${name}(${parts.filter((part) => part !== false && part !== '').join(', ')})`
}

/** The operation of each kind, its operands and attributes. */
const calls: PerKind<string, [Reference]> = {
  input: () => '',
  parameter: () => '',
  result: () => '',
  derived: ({ inputs: { from }, attributes: { derivation: d } }, ref) => {
    const operands = from.map(ref)
    switch (d.rule) {
      case 'normFactor':
        return call(d.rule, ...operands, d.epsilon !== 1e-5 && `epsilon ${d.epsilon}`)
      case 'normOffset':
        return call(d.rule, ...operands)
      case 'scaleChannels':
        return call(
          d.rule,
          ...operands,
          d.axis === 1 && 'axis 1',
          d.groups !== 1 && `groups ${d.groups}`,
        )
      case 'throughWeight':
        return call(d.rule, ...operands, d.groups !== 1 && `groups ${d.groups}`)
      case 'channelScale':
        return call(
          d.rule,
          ...operands,
          d.axis !== 0 && (d.axis === undefined ? 'of all' : `axis ${d.axis}`),
          `steps ${d.steps}`,
        )
      case 'literal':
        return call(d.rule, numbers(d.numbers))
      case 'computed':
        return expression(d.expression, ref)
    }
  },
  conv: convolution,
  fusedConv: convolution,
  convTranspose: convolution,
  batchNorm: (
    { inputs: { input, scale, shift, mean, variance }, attributes: { epsilon } },
    ref,
  ) => {
    const statistics = [scale, shift, mean, variance].map(ref).join(', ')
    return call(
      'batchNorm',
      ref(input),
      statistics === '.weight, .bias, .running_mean, .running_var' ? '.*' : statistics,
      epsilon !== 1e-5 && `epsilon ${epsilon}`,
    )
  },
  activation: ({ inputs: { input }, attributes: { function: f } }, ref) =>
    call(f.name, ref(input), slope(f)),
  add: ({ inputs: { left, right } }, ref) => call('add', ref(left), ref(right)),
  multiply: ({ inputs: { left, right } }, ref) => call('multiply', ref(left), ref(right)),
  concat: ({ inputs: { parts }, attributes: { axis } }, ref) =>
    call('concat', ...parts.map(ref), axis !== 1 && `axis ${axis}`),
  split: ({ inputs: { input }, attributes: { axis, sizes } }, ref) =>
    call('split', ref(input), sizes.join(' + '), axis !== 1 && `axis ${axis}`),
  resize: ({ inputs: { input, like }, attributes: a }, ref) =>
    call(
      'resize',
      ref(input),
      like ? `like ${ref(like)}` : a.over === 1 ? `x${a.times}` : `x${a.times}/${a.over}`,
      a.mode,
      a.alignCorners && 'align corners',
    ),
  pool: ({ inputs: { input }, attributes: a }, ref) =>
    call(
      `${a.operator}Pool`,
      ref(input),
      a.kernel.join('x'),
      same('stride', a.strides, 1),
      padding(a.padding),
      a.countPadding && 'padding counted',
    ),
  globalPool: ({ inputs: { input }, attributes: { operator } }, ref) =>
    call('globalPool', ref(input), operator),
  adaptivePool: ({ inputs: { input, like }, attributes: { size } }, ref) =>
    call('adaptivePool', ref(input), like ? `like ${ref(like)}` : `${size?.join('x')}`),
  matmul: ({ inputs: { left, right } }, ref) => call('matmul', ref(left), ref(right)),
  layerNorm: ({ inputs: { input, scale, shift }, attributes: { epsilon } }, ref) =>
    call('layerNorm', ...[input, scale, shift].map(ref), epsilon !== 1e-5 && `epsilon ${epsilon}`),
  windows: ({ inputs: { input }, attributes: { size } }, ref) =>
    call('windows', ref(input), `${size}x${size}`),
  fromWindows: ({ inputs: { input, like }, attributes: { size } }, ref) =>
    call('fromWindows', ref(input), `${size}x${size}`, `like ${ref(like)}`),
  depthToSpace: ({ inputs: { input }, attributes: { factor } }, ref) =>
    call('depthToSpace', ref(input), `x${factor}`),
  linear: (node, ref) => call(...weighted(node, ref)),
  reshape: ({ inputs: { input, like }, attributes: { sides } }, ref) =>
    call('reshape', ref(input), `[${sides.join(', ')}]`, like !== undefined && `like ${ref(like)}`),
  identity: ({ inputs: { input } }, ref) => call('identity', ref(input)),
  cast: ({ inputs: { input }, attributes: { to } }, ref) => call('cast', ref(input), to),
  quantize: ({ inputs: { input, scale, zero }, attributes: { axis, to } }, ref) =>
    call('quantize', ref(input), to, ref(scale), ref(zero), scaleAxis(axis, scale)),
  dequantize: ({ inputs: { input, scale, zero }, attributes: { axis } }, ref) =>
    call('dequantize', ref(input), ref(scale), ref(zero), scaleAxis(axis, scale)),
  pad: ({ inputs: { input }, attributes: { axis, before, after } }, ref) =>
    call('pad', ref(input), `${before} + ${after}`, axis !== 1 && `axis ${axis}`),
  transpose: ({ inputs: { input }, attributes: { order } }, ref) =>
    call('transpose', ref(input), `[${order.join(', ')}]`),
  softmax: along,
  argMax: along,
  topK: ({ inputs: { input }, attributes: { most } }, ref) => call('topK', ref(input), `${most}`),
  gather: ({ inputs: { input, places }, attributes: { each } }, ref) =>
    call('gather', ref(input), ref(places), each && 'of each'),
  wholeDivide: ({ inputs: { input }, attributes: { by, gives } }, ref) =>
    call(gives, ref(input), `by ${by}`),
  anchors: ({ inputs: { like }, attributes: { stride, boxes } }, ref) =>
    call(
      'anchors',
      `like ${ref(like)}`,
      `stride ${stride}`,
      ...boxes.map((box) => `[${box.join(', ')}]`),
    ),
  decodeBoxes: ({ inputs: { boxes, deltas, picture }, attributes: a }, ref) =>
    call(
      'decodeBoxes',
      ref(boxes),
      ref(deltas),
      `within ${ref(picture)}`,
      a.means.some((mean) => mean !== 0) && `means [${a.means.join(', ')}]`,
      a.deviations.some((d) => d !== 1) && `deviations [${a.deviations.join(', ')}]`,
    ),
  roiAlign: ({ inputs: { levels, boxes }, attributes: a }, ref) =>
    call(
      'roiAlign',
      ...levels.map(ref),
      ref(boxes),
      `${a.side}x${a.side}`,
      `samples ${a.samples}`,
      `strides [${a.strides.join(', ')}]`,
      a.finest !== 56 && `finest ${a.finest}`,
    ),
  nonMaxSuppression: ({ inputs: { boxes, scores }, attributes: { overlap, least } }, ref) =>
    call('nonMaxSuppression', ref(boxes), ref(scores), `overlap ${overlap}`, `least ${least}`),
  foreign: ({ inputs: { operands }, attributes: a }, ref) =>
    call(
      a.domain === '' ? a.operator : `${a.domain}.${a.operator}`,
      ...operands.map(ref),
      a.version !== 0 && `version ${a.version}`,
      ...Object.entries(a.attributes).map(([name, value]) => `${name} ${value}`),
    ),
}

function convolution(node: Convolution | NodeOf<'convTranspose'>, ref: Reference): string {
  const { strides, dilations, groups } = node.attributes
  return call(
    ...weighted(node, ref),
    node.kind === 'fusedConv' && addend(node, ref),
    node.inputs.weight.type.shape.slice(2).join('x'),
    same('stride', strides, 1),
    padding(node.attributes.padding),
    node.kind === 'convTranspose' && same('output padding', node.attributes.outputPadding, 0),
    same('dilation', dilations, 1),
    groups !== 1 && `groups ${groups}`,
  )
}

/** The first of many are enough to tell them by. */
function numbers(all: readonly number[]): string {
  return all.length <= 64 ? all.join(', ') : `${all.slice(0, 8).join(', ')}, … of ${all.length}`
}

function addend({ inputs }: NodeOf<'fusedConv'>, ref: Reference): string | false {
  return inputs.addend !== undefined && `plus ${ref(inputs.addend)}`
}

function along(
  { kind, inputs: { input }, attributes: { axis } }: NodeOf<'softmax'> | NodeOf<'argMax'>,
  ref: Reference,
): string {
  return call(kind, ref(input), axis !== 1 && `axis ${axis}`)
}

function weighted(
  { kind, inputs }: Weighted | Convolution,
  ref: Reference,
): readonly [string, ...string[]] {
  const { input, weight, bias } = inputs
  return [kind, ...[input, weight, ...(bias ? [bias] : [])].map(ref)]
}

/** An operation over constants, written inside the constant that it comes to. */
function expression(node: Node, ref: Reference): string {
  const inner: Reference = (operand) =>
    isConstant(operand) ? ref(operand) : expression(operand, ref)
  if (node.kind !== 'result') return dispatch(calls, node, inner)
  return `${expression(node.inputs.of, ref)}.${node.attributes.index}`
}

/** The axis of a scale that is not one number. */
function scaleAxis(axis: number, { type }: Value): string | false {
  return type.shape.length > 0 && `axis ${axis}`
}

function same(name: string, [y, x]: Pair, usual: number): string | false {
  if (y === usual && x === usual) return false
  return `${name} ${y === x ? y : `${y}x${x}`}`
}

function padding(sides: Padding): string | false {
  if (sides.every((side) => side === 0)) return false
  const [top, left, bottom, right] = sides
  if (top !== bottom || left !== right) return `padding [${sides.join(', ')}]`
  return same('padding', [top, left], 0)
}

function slope(f: ActivationFunction): string | false {
  return f.name === 'leakyRelu' && `slope ${f.slope}`
}
