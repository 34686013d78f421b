import type {
  Convolution,
  NodeOf,
  Padding,
  Pair,
  PerKind,
  Value,
  Weighted,
} from '../compiler/node.js'
import { activation } from './activation.js'
import { adaptivePool } from './adaptive-pool.js'
import { anchors, decodeBoxes, nonMaxSuppression } from './boxes.js'
import { gather, topK, wholeDivide } from './choosing.js'
import { layerNorm } from './layer-norm.js'
import { linear } from './linear.js'
import { dataTypes } from './messages.js'
import { reshape } from './reshape.js'
import { resize } from './resize.js'
import { roiAlign } from './roi-align.js'
import { fromWindows, windows } from './windows.js'
import type { Attributes, Writer } from './writer.js'

const nothing = (): void => {}

/** How each kind of node is written. */
export const operators: PerKind<void, [Writer]> = {
  input: nothing,
  parameter: nothing,
  derived: nothing,
  result: nothing,
  conv: (node, to) => to.write(node, 'Conv', weighted(node, to), window(node)),
  fusedConv: (node, to) => {
    const { bias, addend } = node.inputs
    // An operand that is left out before another has an empty name.
    const added = addend ? [...(bias ? [] : ['']), to.of(addend)] : []
    const operands = [...weighted(node, to), ...added]
    to.write(node, 'FusedConv', operands, { ...window(node), activation: 'Relu' })
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
  adaptivePool,
  matmul: (node, to) =>
    to.write(node, 'MatMul', [to.of(node.inputs.left), to.of(node.inputs.right)]),
  depthToSpace: (node, to) =>
    to.write(node, 'DepthToSpace', [to.of(node.inputs.input)], {
      blocksize: BigInt(node.attributes.factor),
      mode: 'CRD',
    }),
  layerNorm,
  windows,
  fromWindows,
  linear,
  reshape,
  identity: (node, to) => to.write(node, 'Identity', [to.of(node.inputs.input)]),
  cast: (node, to) =>
    to.write(node, 'Cast', [to.of(node.inputs.input)], {
      to: BigInt(dataTypes[node.attributes.to]),
    }),
  quantize: (node, to) => {
    const { input, scale, zero } = node.inputs
    to.write(node, 'QuantizeLinear', [input, scale, zero].map(to.of), scaleAxis(node))
  },
  dequantize: (node, to) => {
    const { input, scale, zero } = node.inputs
    to.write(node, 'DequantizeLinear', [input, scale, zero].map(to.of), scaleAxis(node))
  },
  pad: (node, to) => {
    const { axis, before, after } = node.attributes
    const rank = node.type.shape.length
    const pads = new Array<number>(2 * rank).fill(0)
    pads[axis] = before
    pads[rank + axis] = after
    to.write(node, 'Pad', [to.of(node.inputs.input), to.integers(pads)], { mode: 'constant' })
  },
  transpose: (node, to) =>
    to.write(node, 'Transpose', [to.of(node.inputs.input)], {
      perm: integers(node.attributes.order),
    }),
  softmax: (node, to) =>
    to.write(node, 'Softmax', [to.of(node.inputs.input)], { axis: BigInt(node.attributes.axis) }),
  argMax: (node, to) =>
    to.write(node, 'ArgMax', [to.of(node.inputs.input)], {
      axis: BigInt(node.attributes.axis),
      keepdims: 0n,
      select_last_index: 0n,
    }),
  topK,
  gather,
  wholeDivide,
  anchors,
  decodeBoxes,
  roiAlign,
  nonMaxSuppression,
  foreign: (node, to) =>
    to.write(
      node,
      node.attributes.operator,
      node.inputs.operands.map(to.of),
      node.attributes.attributes,
    ),
}

function window({ attributes, inputs }: Convolution): Attributes {
  const { strides, padding, dilations, groups } = attributes
  return {
    kernel_shape: kernelOf(inputs.weight),
    strides: integers(strides),
    pads: integers(padding),
    dilations: integers(dilations),
    group: BigInt(groups),
  }
}

function weighted(
  { inputs: { input, weight, bias } }: Weighted | Convolution,
  { of }: Writer,
): readonly string[] {
  return bias ? [of(input), of(weight), of(bias)] : [of(input), of(weight)]
}

/** ONNX has an axis only where there is a number for each place along it. */
function scaleAxis({ inputs, attributes }: NodeOf<'quantize'> | NodeOf<'dequantize'>): Attributes {
  return inputs.scale.type.shape.length > 0 ? { axis: BigInt(attributes.axis) } : {}
}

function kernelOf({ type }: Value): readonly bigint[] {
  return integers(type.shape.slice(2) as number[])
}

function integers(values: readonly number[] | Pair | Padding): readonly bigint[] {
  return values.map(BigInt)
}
