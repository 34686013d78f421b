import {
  anchors,
  decodeBoxes,
  gather,
  nonMaxSuppression,
  roiAlign,
  topK,
  wholeDivide,
} from './choice-types.js'
import {
  type Dimension,
  equalDimensions,
  equalShapes,
  floorDivide,
  multiplyDimensions,
  printDimension,
  printShape,
  quotientOf,
} from './dimension.js'
import type { Kind, Kinds, Node, NodeOf, TensorType, Value } from './node.js'
import { ShapeError } from './shape-error.js'
import {
  addedSide,
  atLeastOne,
  broadcastType,
  expectChannels,
  expectElements,
  expectFloats,
  expectScale,
  mapSides,
  matrixSides,
  sameSide,
  scaledBy,
  scaledSide,
  weightSides,
  windowedSide,
} from './sides.js'

type Typing = {
  readonly [K in Kind]: (
    inputs: Kinds[K]['inputs'],
    attributes: Kinds[K]['attributes'],
  ) => NodeOf<K>['type']
}

/** The type of each kind's result, from its operands and attributes. */
export const typing: Typing = {
  input: (_, { type }) => type,
  parameter: (_, { shape }) => ({ element: 'float32', shape }),
  derived: ({ from }, { derivation }) => {
    if (derivation.rule === 'computed') return derivation.expression.type
    if (derivation.rule === 'literal')
      return { element: derivation.element, shape: derivation.shape }
    const [first, second, third, fourth] = from
    if (derivation.rule === 'channelScale') {
      const { axis } = derivation
      const side = axis === undefined ? 1 : first?.type.shape[axis]
      if (side === undefined || !first || third || (second && axis === undefined))
        throw new ShapeError(
          `channelScale along axis ${axis} of ${from.length}`,
          'Derive it from a weight, or a weight and a bias.',
        )
      if (second) expectChannels(second.type, side as number, 'bias')
      return { element: 'float32', shape: axis === undefined ? [] : [side] }
    }
    if (!first || !second)
      throw new ShapeError(`${derivation.rule} of ${from.length}`, 'Derive it from at least 2.')
    if (derivation.rule === 'normFactor' || derivation.rule === 'normOffset') {
      const channels = first.type.shape[0] as number
      for (const each of from) expectChannels(each.type, channels, derivation.rule)
      return first.type
    }
    const [rows, columns] = first.type.shape as readonly number[] as [number, number]
    const within = columns * derivation.groups
    if (derivation.rule === 'scaleChannels') {
      expectChannels(second.type, derivation.axis === 0 ? rows : within, 'factor')
      return first.type
    }
    expectChannels(second.type, within, 'offset')
    if (third) expectChannels(third.type, rows, 'bias')
    if (fourth) throw new ShapeError(`throughWeight of ${from.length}`, 'Give it 2 or 3.')
    return { element: 'float32', shape: [rows] }
  },
  conv: convolution,
  fusedConv: ({ addend, ...inputs }, attributes) => {
    const type = convolution(inputs, attributes)
    if (addend && !equalTypes(addend.type, type))
      throw new ShapeError(
        `a convolution to ${printShape(type.shape)} that adds ${printShape(addend.type.shape)}`,
        'What it adds has the type of what it makes: it does not broadcast.',
      )
    return type
  },
  convTranspose: (
    { input, weight, bias },
    { strides, padding, outputPadding, dilations, groups },
  ) => {
    const [batch, channels, height, width] = mapSides(input.type)
    const [into, within, kh, kw] = weightSides(weight.type, 4)
    expectElements(input.type, weight.type, 'a transposed convolution')
    if (!equalDimensions(channels, into))
      throw new ShapeError(
        `a transposed convolution of ${into} channels over ${printDimension(channels)}`,
        'Give the convolution a weight for as many channels as come in.',
      )
    if (bias) expectChannels(bias.type, within * groups, 'bias')
    const side = (d: Dimension, axis: 0 | 1, kernel: number): Dimension => {
      const wide = scaledSide(d, strides[axis])
      const more = dilations[axis] * (kernel - 1) + 1 + outputPadding[axis] - strides[axis]
      return atLeastOne(floorDivide(wide, more - padding[axis] - padding[(axis + 2) as 2 | 3], 1))
    }
    return {
      element: input.type.element,
      shape: [batch, within * groups, side(height, 0, kh), side(width, 1, kw)],
    }
  },
  batchNorm: ({ input, scale, shift, mean, variance }) => {
    expectElements(input.type, scale.type, 'a batch norm')
    const channels = input.type.shape[1]
    if (typeof channels !== 'number')
      throw new ShapeError(
        `batch norm over ${printShape(input.type.shape)}`,
        'Give it channels on axis 1.',
      )
    for (const [name, value] of Object.entries({ scale, shift, mean, variance }))
      expectChannels(value.type, channels, name)
    return input.type
  },
  activation: ({ input }, { function: { name } }) => {
    expectFloats(input.type, name)
    return input.type
  },
  add: ({ left, right }) => broadcastType(left.type, right.type, 'a sum'),
  multiply: ({ left, right }) => broadcastType(left.type, right.type, 'a product'),
  concat: ({ parts }, { axis }) => {
    const [first, ...rest] = parts
    if (!first) throw new ShapeError('a concat of nothing', 'Give it at least one part.')
    const shape = [...first.type.shape]
    if (!(axis in shape))
      throw new ShapeError(
        `a concat of ${printShape(shape)} along axis ${axis}`,
        'Axes count from 0.',
      )
    for (const part of rest) {
      expectElements(first.type, part.type, 'a concat')
      const other = part.type.shape
      if (
        other.length !== shape.length ||
        other.some((d, i) => i !== axis && !sameSide(d, shape[i]))
      )
        throw new ShapeError(
          `a concat of ${printShape(first.type.shape)} and ${printShape(other)} along axis ${axis}`,
          'Parts of a concat may differ along its axis only.',
        )
      shape[axis] = addedSide(shape[axis] as Dimension, other[axis] as Dimension)
    }
    return { element: first.type.element, shape }
  },
  split: ({ input }, { axis, sizes }) => {
    const total = sizes.reduce((a, b) => a + b, 0)
    if (!sameSide(input.type.shape[axis], total))
      throw new ShapeError(
        `a split into ${sizes.join(' + ')} = ${total} of ${printShape(input.type.shape)} along axis ${axis}`,
        'Sizes of a split add up to what is split.',
      )
    return sizes.map((size) => ({
      element: input.type.element,
      shape: input.type.shape.map((d, i) => (i === axis ? size : d)),
    }))
  },
  resize: ({ input, like }, { mode, times, over }) => {
    if (mode === 'bilinear') expectFloats(input.type, 'a bilinear resize')
    const [batch, channels, height, width] = mapSides(input.type)
    const sides = like
      ? mapSides(like.type).slice(2)
      : [height, width].map((d) => atLeastOne(scaledBy(d, times, over)))
    return { element: input.type.element, shape: [batch, channels, ...sides] }
  },
  pool: ({ input }, { kernel, strides, padding }) => {
    expectFloats(input.type, 'a pooling')
    const [batch, channels, height, width] = mapSides(input.type)
    return {
      element: input.type.element,
      shape: [
        batch,
        channels,
        windowedSide(height, kernel[0], strides[0], padding[0] + padding[2], 1),
        windowedSide(width, kernel[1], strides[1], padding[1] + padding[3], 1),
      ],
    }
  },
  globalPool: ({ input }) => {
    expectFloats(input.type, 'a global pooling')
    const [batch, channels] = mapSides(input.type)
    return { element: input.type.element, shape: [batch, channels, 1, 1] }
  },
  adaptivePool: ({ input, like }, { size }) => {
    expectFloats(input.type, 'an adaptive pooling')
    const [batch, channels] = mapSides(input.type)
    const sides = like ? mapSides(like.type).slice(2) : (size ?? [])
    return { element: input.type.element, shape: [batch, channels, ...sides] }
  },
  matmul: ({ left, right }) => {
    expectFloats(left.type, 'a product of matrices')
    const [rows, within] = matrixSides(left.type)
    const [into, columns] = matrixSides(right.type)
    if (!equalDimensions(within, into))
      throw new ShapeError(
        `a product of the matrices ${printShape(left.type.shape)} and ${printShape(right.type.shape)}: ${printDimension(within)} is not ${printDimension(into)}`,
        'Give the left as many columns as the right has rows.',
      )
    const outer = ({ type: { element, shape } }: Value): TensorType => ({
      element,
      shape: shape.slice(0, -2),
    })
    const { element, shape } = broadcastType(outer(left), outer(right), 'a product of matrices')
    return { element, shape: [...shape, rows, columns] }
  },
  depthToSpace: ({ input }, { factor }) => {
    const [batch, channels, height, width] = mapSides(input.type)
    if (typeof channels !== 'number' || channels % factor ** 2 !== 0)
      throw new ShapeError(
        `a pixel shuffle of ${printDimension(channels)} channels by ${factor}`,
        `Give it a multiple of ${factor ** 2} channels.`,
      )
    const sides = [height, width].map((d) => scaledSide(d, factor))
    return { element: input.type.element, shape: [batch, channels / factor ** 2, ...sides] }
  },
  layerNorm: ({ input, scale, shift }) => {
    expectFloats(input.type, 'a layer norm')
    expectElements(input.type, scale.type, 'a layer norm')
    const channels = input.type.shape.at(-1)
    if (typeof channels !== 'number')
      throw new ShapeError(
        `a layer norm over ${printShape(input.type.shape)}`,
        'Give it channels on the last axis.',
      )
    expectChannels(scale.type, channels, 'scale')
    expectChannels(shift.type, channels, 'shift')
    return input.type
  },
  windows: ({ input }, { size }) => {
    const [batch, channels, height, width] = mapSides(input.type)
    const count = multiplyDimensions([batch, ...windowsAlong(height, width, size)])
    return { element: input.type.element, shape: [count, size * size, channels] }
  },
  fromWindows: ({ input, like }, { size }) => {
    const [batch, , height, width] = mapSides(like.type)
    const [count, positions, channels] = input.type.shape
    const wanted = multiplyDimensions([batch, ...windowsAlong(height, width, size)])
    if (!sameSide(count, wanted) || positions !== size * size || channels === undefined)
      throw new ShapeError(
        `windows of ${printShape(input.type.shape)} as a map of ${printShape(like.type.shape)}`,
        `A map of that size has [${printDimension(wanted)}, ${size * size}, channels].`,
      )
    return { element: input.type.element, shape: [batch, channels, height, width] }
  },
  linear: ({ input, weight, bias }) => {
    const [out, into] = weightSides(weight.type, 2)
    expectElements(input.type, weight.type, 'a linear layer')
    const { shape } = input.type
    if (shape.length < 2 || !sameSide(shape.at(-1), into))
      throw new ShapeError(
        `a linear layer of ${into} channels over ${printShape(input.type.shape)}`,
        'Pool the feature to a vector of as many channels first.',
      )
    if (bias) expectChannels(bias.type, out, 'bias')
    return { element: input.type.element, shape: [...shape.slice(0, -1), out] }
  },
  reshape: ({ input, like }, { sides }) => {
    const from = input.type.shape
    const known = sides.map((side, axis): Dimension | undefined => {
      if (typeof side === 'number') return side
      if (side === 'rest') return undefined
      const of = side === 'like' ? like?.type.shape : from
      const d = of?.[axis]
      if (d === undefined)
        throw new ShapeError(`no axis ${axis} in ${printShape(of ?? [])}`, 'Give it a number.')
      return d
    })
    const rest = quotientOf(
      from,
      known.filter((d) => d !== undefined),
    )
    if (rest === undefined || (rest !== 1 && !known.includes(undefined)))
      throw new ShapeError(
        `a reshape of ${printShape(from)} to [${known.map((d) => (d === undefined ? 'rest' : printDimension(d))).join(', ')}]`,
        'A reshape keeps the number of elements.',
      )
    return { element: input.type.element, shape: known.map((d) => d ?? rest) }
  },
  identity: ({ input }) => input.type,
  cast: ({ input }, { to }) => ({ element: to, shape: input.type.shape }),
  quantize: ({ input, scale, zero }, { axis, to }) => {
    expectFloats(input.type, 'a quantization')
    expectScale(input.type, scale.type, zero.type, axis)
    if (zero.type.element !== to)
      throw new ShapeError(
        `a quantization to ${to} with a zero of ${zero.type.element}`,
        'Give the zero in the type of the result.',
      )
    return { element: to, shape: input.type.shape }
  },
  dequantize: ({ input, scale, zero }, { axis }) => {
    expectElements(input.type, zero.type, 'a dequantization')
    expectScale(input.type, scale.type, zero.type, axis)
    return { element: scale.type.element, shape: input.type.shape }
  },
  pad: ({ input }, { axis, before, after }) => {
    const { element, shape } = input.type
    return {
      element,
      shape: shape.map((d, i) => (i === axis ? floorDivide(d, before + after, 1) : d)),
    }
  },
  transpose: ({ input }, { order }) => {
    const { element, shape } = input.type
    if (order.length !== shape.length || shape.some((_, axis) => !order.includes(axis)))
      throw new ShapeError(
        `a transpose of ${printShape(shape)} to the order ${order.join(', ')}`,
        'Name each axis once, counted from 0.',
      )
    return { element, shape: order.map((axis) => shape[axis] as Dimension) }
  },
  softmax: ({ input }) => {
    expectFloats(input.type, 'a softmax')
    return input.type
  },
  argMax: ({ input }, { axis }) => {
    expectFloats(input.type, 'an argMax')
    return { element: 'int64', shape: input.type.shape.filter((_, i) => i !== axis) }
  },
  topK,
  gather,
  wholeDivide,
  anchors,
  decodeBoxes,
  roiAlign,
  nonMaxSuppression,
  foreign: ({ operands }, { results }) =>
    results.map(({ element, shape }) => ({
      element,
      shape: shape.map((d) => {
        if (typeof d === 'number') return d
        const side = operands[d.operand]?.type.shape[d.axis]
        if (side === undefined)
          throw new ShapeError(
            `no axis ${d.axis} in operand ${d.operand}`,
            'Declare the result in numbers.',
          )
        return scaledBy(side, d.times, d.over)
      }),
    })),
  result: ({ of }, { index }) => {
    const type = of.type[index]
    if (!type) throw new ShapeError(`result ${index} of ${of.type.length}`, 'Results count from 0.')
    return type
  },
}

/** How many windows cover a map, along its height and along its width. */
function windowsAlong(height: Dimension, width: Dimension, size: number): readonly Dimension[] {
  return [height, width].map((side) => floorDivide(side, size - 1, size))
}

function convolution(
  { input, weight, bias }: Kinds['conv']['inputs'],
  { strides, padding, dilations, groups }: Kinds['conv']['attributes'],
): TensorType {
  const [batch, channels, height, width] = mapSides(input.type)
  const [out, within, kh, kw] = weightSides(weight.type, 4)
  expectElements(input.type, weight.type, 'a convolution')
  if (!equalDimensions(channels, within * groups))
    throw new ShapeError(
      `a convolution of ${within * groups} channels over ${printDimension(channels)}`,
      'Give the convolution a weight for as many channels as come in.',
    )
  if (bias) expectChannels(bias.type, out, 'bias')
  return {
    element: input.type.element,
    shape: [
      batch,
      out,
      windowedSide(height, kh, strides[0], padding[0] + padding[2], dilations[0]),
      windowedSide(width, kw, strides[1], padding[1] + padding[3], dilations[1]),
    ],
  }
}

/** Whether two nodes make the same: as many results, of the same element types and shapes. */
export function equalTypes(a: Node['type'], b: Node['type']): boolean {
  const [left, right] = [[a].flat(), [b].flat()] as const
  return (
    left.length === right.length &&
    left.every(({ element, shape }, i) => {
      const other = right[i] as TensorType
      return element === other.element && equalShapes(shape, other.shape)
    })
  )
}
