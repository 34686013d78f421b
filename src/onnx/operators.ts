import { type Dimension, equalDimensions, scaleDimension } from '../compiler/dimension.js'
import type {
  ActivationFunction,
  AttributeValue,
  Node,
  NodeOf,
  Padding,
  Pair,
  PerKind,
  Value,
} from '../compiler/node.js'

/** What a kind of node needs to write itself as ONNX operators. */
export interface Writer {
  readonly opset: number
  /** The tensor that a value is. */
  of(value: Value): string
  /** Writes an operator whose result is a tensor of its own; `part` names it beside its node. */
  step(
    node: Node,
    part: string,
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
  ): string
  /** Writes the operator whose results are the node's own. */
  write(node: Node, operator: string, inputs: readonly string[], attributes?: Attributes): void
  /** A small tensor that is part of the graph itself. */
  integers(values: readonly number[]): string
  floats(values: readonly number[], shape?: readonly number[]): string
}

type Attributes = Readonly<Record<string, AttributeValue>>

const nothing = (): void => {}

/** How each kind of node is written. */
export const operators: PerKind<void, [Writer]> = {
  input: nothing,
  parameter: nothing,
  derived: nothing,
  result: nothing,
  conv: (node, to) => {
    const { strides, padding, dilations, groups } = node.attributes
    to.write(node, 'Conv', weighted(node, to), {
      kernel_shape: kernelOf(node.inputs.weight),
      strides: integers(strides),
      pads: integers(padding),
      dilations: integers(dilations),
      group: BigInt(groups),
    })
  },
  convTranspose: (node, to) => {
    const { strides, padding, outputPadding, dilations, groups } = node.attributes
    to.write(node, 'ConvTranspose', weighted(node, to), {
      kernel_shape: kernelOf(node.inputs.weight),
      strides: integers(strides),
      pads: integers(padding),
      output_padding: integers(outputPadding),
      dilations: integers(dilations),
      group: BigInt(groups),
    })
  },
  batchNorm: (node, to) => {
    const { input, scale, shift, mean, variance } = node.inputs
    to.write(node, 'BatchNormalization', [input, scale, shift, mean, variance].map(to.of), {
      epsilon: node.attributes.epsilon,
    })
  },
  activation,
  add: (node, to) => to.write(node, 'Add', [to.of(node.inputs.left), to.of(node.inputs.right)]),
  multiply: (node, to) =>
    to.write(node, 'Mul', [to.of(node.inputs.left), to.of(node.inputs.right)]),
  concat: (node, to) =>
    to.write(node, 'Concat', node.inputs.parts.map(to.of), { axis: BigInt(node.attributes.axis) }),
  split: (node, to) =>
    to.write(node, 'Split', [to.of(node.inputs.input), to.integers(node.attributes.sizes)], {
      axis: BigInt(node.attributes.axis),
    }),
  resize,
  pool: (node, to) => {
    const { operator, kernel, strides, padding, countPadding } = node.attributes
    to.write(node, operator === 'max' ? 'MaxPool' : 'AveragePool', [to.of(node.inputs.input)], {
      kernel_shape: integers(kernel),
      strides: integers(strides),
      pads: integers(padding),
      ...(operator === 'average' && countPadding ? { count_include_pad: 1n } : {}),
    })
  },
  globalPool: (node, to) =>
    to.write(node, node.attributes.operator === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', [
      to.of(node.inputs.input),
    ]),
  linear: (node, to) => to.write(node, 'Gemm', weighted(node, to), { transB: 1n }),
  reshape: (node, to) => {
    const sides = node.attributes.sides.map((d) => (d === 'same' ? 0 : d === 'rest' ? -1 : d))
    to.write(node, 'Reshape', [to.of(node.inputs.input), to.integers(sides)])
  },
  identity: (node, to) => to.write(node, 'Identity', [to.of(node.inputs.input)]),
  foreign: (node, to) =>
    to.write(
      node,
      node.attributes.operator,
      node.inputs.operands.map(to.of),
      node.attributes.attributes,
    ),
}

function weighted(
  { inputs: { input, weight, bias } }: NodeOf<'conv'> | NodeOf<'convTranspose'> | NodeOf<'linear'>,
  { of }: Writer,
): readonly string[] {
  return bias ? [of(input), of(weight), of(bias)] : [of(input), of(weight)]
}

/** Functions that came to ONNX later than opset 13 are written by what they are made of. */
const functions: {
  readonly [N in ActivationFunction['name']]: (
    node: Node,
    x: string,
    to: Writer,
    f: ActivationFunction & { name: N },
  ) => void
} = {
  relu: (node, x, to) => to.write(node, 'Relu', [x]),
  relu6: (node, x, to) => to.write(node, 'Clip', [x, to.floats([0], []), to.floats([6], [])]),
  leakyRelu: (node, x, to, { slope }) => to.write(node, 'LeakyRelu', [x], { alpha: slope }),
  sigmoid: (node, x, to) => to.write(node, 'Sigmoid', [x]),
  tanh: (node, x, to) => to.write(node, 'Tanh', [x]),
  hardSigmoid: (node, x, to) => to.write(node, 'HardSigmoid', [x], gate),
  hardSwish: (node, x, to) => {
    if (to.opset >= 14) to.write(node, 'HardSwish', [x])
    else to.write(node, 'Mul', [x, to.step(node, 'gate', 'HardSigmoid', [x], gate)])
  },
  silu: (node, x, to) => to.write(node, 'Mul', [x, to.step(node, 'gate', 'Sigmoid', [x])]),
  gelu: (node, x, to) => {
    if (to.opset >= 20) {
      to.write(node, 'Gelu', [x])
      return
    }
    const scaled = to.step(node, 'scaled', 'Mul', [x, to.floats([Math.SQRT1_2], [])])
    const erf = to.step(node, 'erf', 'Erf', [scaled])
    const twice = to.step(node, 'twice', 'Add', [erf, to.floats([1], [])])
    const product = to.step(node, 'product', 'Mul', [x, twice])
    to.write(node, 'Mul', [product, to.floats([0.5], [])])
  },
}

function activation(node: NodeOf<'activation'>, to: Writer): void {
  const f = node.attributes.function
  const write = functions[f.name] as (
    node: Node,
    x: string,
    to: Writer,
    f: ActivationFunction,
  ) => void
  write(node, to.of(node.inputs.input), to, f)
}

const gate: Attributes = { alpha: 1 / 6, beta: 0.5 }

/**
 * Scales where the ratio is a constant whole number or its inverse is a power of two, which is the form that
 * runtimes are fast at; sizes where they are known; else sizes that the network computes from the target.
 */
function resize(node: NodeOf<'resize'>, to: Writer): void {
  const { mode, alignCorners } = node.attributes
  const { input } = node.inputs
  const attributes: Attributes =
    mode === 'nearest'
      ? { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
      : {
          mode: 'linear',
          // `half_pixel`, not `pytorch_half_pixel`: the latter is wrong where a side of the result is 1.
          coordinate_transformation_mode: alignCorners ? 'align_corners' : 'half_pixel',
        }
  const x = to.of(input)
  const [rows, columns] = [2, 3].map((axis) =>
    factorOf(input.type.shape[axis] as Dimension, node.type.shape[axis] as Dimension),
  )
  const scaled = rows !== undefined && columns !== undefined
  const size = scaled
    ? [to.floats([1, 1, rows, columns])]
    : ['', node.type.shape.every(isNumber) ? to.integers(node.type.shape) : computedSizes(node, to)]
  to.write(node, 'Resize', [x, '', ...size], attributes)
}

/** Batch and channels of what is resized; height and width of what it is resized to, or times/over its own. */
function computedSizes(node: NodeOf<'resize'>, to: Writer): string {
  const { input, like } = node.inputs
  const { times, over } = node.attributes
  const outer = shapePart(node, 'outer', to.of(input), 0, 2, to)
  const inner = shapePart(node, 'inner', to.of(like ?? input), 2, 4, to)
  const step = (operator: string, size: string, by: number): string =>
    to.step(node, operator.toLowerCase(), operator, [size, to.integers([by])])
  const sized = like ? inner : step('Div', step('Mul', inner, times), over)
  return to.step(node, 'sizes', 'Concat', [outer, sized], { axis: 0n })
}

function isNumber(side: Dimension): side is number {
  return typeof side === 'number'
}

/** The constant by which one side is another, if it is one that floating point keeps exactly. */
function factorOf(from: Dimension, into: Dimension): number | undefined {
  if (typeof from === 'number' && typeof into === 'number') {
    if (into % from === 0) return into / from
    return from % into === 0 && Number.isInteger(Math.log2(from / into)) ? into / from : undefined
  }
  for (let factor = 1; factor <= 2 ** 16; factor *= 2) {
    const up = scaleDimension(from, factor)
    if (up !== undefined && equalDimensions(up, into)) return factor
    const down = scaleDimension(into, factor)
    if (down !== undefined && equalDimensions(down, from)) return 1 / factor
  }
  return undefined
}

function shapePart(
  node: Node,
  part: string,
  of: string,
  from: number,
  until: number,
  to: Writer,
): string {
  const shape = to.step(node, `${part}_shape`, 'Shape', [of])
  return to.step(node, part, 'Slice', [shape, to.integers([from]), to.integers([until])])
}

function kernelOf({ type }: Value): readonly bigint[] {
  return integers(type.shape.slice(2) as number[])
}

function integers(values: readonly number[] | Pair | Padding): readonly bigint[] {
  return values.map(BigInt)
}
