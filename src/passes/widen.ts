import { computed, make, withOperands } from '../compiler/make.js'
import {
  type Constant,
  isConstant,
  isWeighted,
  type Node,
  type NodeOf,
  type Origin,
  type Value,
  type Weighted,
} from '../compiler/node.js'
import { channelsOf } from './channel-way.js'
import { type Lanes, padLanes, widthOf } from './lanes.js'
import { part, reweighted } from './reweighted.js'

/** How what a node reads is read by the one that takes its place. */
export interface Widening {
  lanesOf(node: Node): Lanes
  /** An operand: padded, where it is and its reader takes it so. */
  read(operand: Value): Value
  /** Of all constants that are computed alike, the first. */
  readonly first: (constant: Constant) => Constant
}

/** The node that reads padded operands, and makes a value of as many channels as its lanes have places. */
export function widen(node: Value, to: Widening): Value {
  if (isWeighted(node)) return layer(node, to)
  if (node.kind === 'batchNorm') return norm(node, to)
  if (node.kind === 'add' || node.kind === 'multiply')
    return withOperands(node, (operand) =>
      isConstant(operand) ? factor(operand, node, to) : to.read(operand as Value),
    )
  if (node.kind === 'reshape') {
    const { sides } = node.attributes
    const wide = sides.map((side, axis) => (axis === 1 ? widthOf(to.lanesOf(node)) : side))
    const input = to.read(node.inputs.input)
    return make('reshape', { input }, { sides: wide }, node.origin)
  }
  return withOperands(node, (operand) => to.read(operand as Value))
}

/** Rows of a weight are what it makes, columns what it reads; of a transposed one the other way round. */
function layer(node: Weighted, to: Widening): Value {
  const { input, weight, bias } = node.inputs
  const [into, out] = [to.lanesOf(input), to.lanesOf(node)]
  const depthwise = node.kind === 'conv' && node.attributes.groups > 1
  const [rows, columns] = node.kind === 'convTranspose' ? [into, out] : [out, into]
  const inputs = {
    input: to.read(input),
    weight: padded(weight, depthwise ? [rows] : [rows, columns], part(node, 'weight'), to),
    bias: bias && padded(bias, [out], part(node, 'bias'), to),
  }
  if (!depthwise) return reweighted(node, inputs)
  return make('conv', inputs, { ...node.attributes, groups: widthOf(out) }, node.origin)
}

function norm(node: NodeOf<'batchNorm'>, to: Widening): Value {
  const { input, scale, shift, mean, variance } = node.inputs
  const lanes = to.lanesOf(node)
  const each = (constant: Value, name: string): Value =>
    padded(constant, [lanes], part(node, name), to)
  const inputs = {
    input: to.read(input),
    scale: each(scale, 'scale'),
    shift: each(shift, 'shift'),
    mean: each(mean, 'mean'),
    variance: each(variance, 'variance'),
  }
  return make('batchNorm', inputs, node.attributes, node.origin)
}

/** A constant side of a sum or product: one number for each channel, even for an only one; or one for all, to multiply. */
function factor(constant: Constant, node: Value, to: Widening): Constant {
  const axis = 1 - node.type.shape.length + constant.type.shape.length
  if (axis < 0 || constant.type.shape[axis] !== channelsOf(node)) return constant
  const others = Array.from({ length: axis }, (): Lanes => [])
  return padded(constant, [...others, to.lanesOf(node)], constant.origin, to)
}

/** A constant with zeros between what it has for each channel, along its first axes. */
function padded(value: Value, along: readonly Lanes[], origin: Origin, to: Widening): Constant {
  const wide = along.reduce((each, lanes, axis) => padLanes(each, axis, lanes), value)
  return to.first(wide === value ? (value as Constant) : computed(wide, origin))
}
