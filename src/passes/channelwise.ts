import { elementCount } from '../compiler/dimension.js'
import { make } from '../compiler/make.js'
import { type Constant, isConstant, type Node, type NodeOf, type Value } from '../compiler/node.js'
import { equalTypes } from '../compiler/shape.js'

/** What does the same to all positions of a channel, by constants: factor·x + offset, of which either may be absent. */
export interface Channelwise {
  readonly node: NodeOf<'batchNorm'> | NodeOf<'add'> | NodeOf<'multiply'>
  readonly input: Value
  readonly factor: boolean
  readonly offset: boolean
  /** The same over another value of as many channels; `constants` gives what it has in place of each constant. */
  over(x: Value, constants?: (constant: Constant, axis: number) => Constant): Value
}

/** A batch norm, or a sum or product with one constant number for each channel. */
export function channelwise(node: Node): Channelwise | undefined {
  if (node.kind === 'batchNorm') return normed(node)
  if (node.kind !== 'add' && node.kind !== 'multiply') return undefined
  const found = perChannel(node)
  if (!found) return undefined
  const { x, constant, axis } = found
  return {
    node,
    input: x,
    factor: node.kind === 'multiply',
    offset: node.kind === 'add',
    over: (left, constants = (same) => same) =>
      make(node.kind, { left, right: constants(constant, axis) }, {}, node.origin),
  }
}

function normed(node: NodeOf<'batchNorm'>): Channelwise | undefined {
  const { input, scale, shift, mean, variance } = node.inputs
  if (!isConstant(scale) || !isConstant(shift) || !isConstant(mean) || !isConstant(variance))
    return undefined
  return {
    node,
    input,
    factor: true,
    offset: true,
    over: (x, constants = (same) => same) => {
      const [a, b, c, d] = [scale, shift, mean, variance].map((each) => constants(each, 0))
      const inputs = { input: x, scale: a, shift: b, mean: c, variance: d } as typeof node.inputs
      return make('batchNorm', inputs, node.attributes, node.origin)
    },
  }
}

/** What a sum or product takes together with one constant number for each channel, and the axis that these are on. */
export function perChannel(
  node: NodeOf<'add'> | NodeOf<'multiply'>,
): { readonly x: Value; readonly constant: Constant; readonly axis: number } | undefined {
  const { left, right } = node.inputs
  for (const [x, constant] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!isConstant(constant) || !equalTypes(x.type, node.type)) continue
    const channels = node.type.shape[1]
    const axis = 1 - (node.type.shape.length - constant.type.shape.length)
    // Its one side that is not 1 is that of the channels.
    if (constant.type.shape[axis] === channels && elementCount(constant.type.shape) === channels)
      return { x, constant, axis }
  }
  return undefined
}
