import {
  isConstant,
  isMultiple,
  isWeighted,
  type Node,
  type NodeOf,
  operandsOf,
  type Value,
  type Weighted,
} from '../compiler/node.js'
import { withArticle } from '../spelling.js'

/** What a node does with the channels (axis 1) of what it reads. */
export type Way =
  /** Each of its channels is of all those it reads: their places are those of its weight's rows and columns. */
  | { readonly does: 'mixes'; readonly reads: readonly Value[] }
  /** Each is of the same channel of what it reads, and zeros give zeros, or go only where that is no matter. */
  | { readonly does: 'keeps'; readonly reads: readonly Value[] }
  /** They are those of what it reads, one part after the other. */
  | { readonly does: 'joins'; readonly reads: readonly Value[] }
  /** No other channels than those there are may stand in what it reads or makes. */
  | { readonly does: 'stops'; readonly reason: string }

/** How many channels a value has, where it has any. */
export function channelsOf({ type: { shape } }: Value): number | undefined {
  const [, channels] = shape
  return typeof channels === 'number' ? channels : undefined
}

/** The nodes that read a node. */
export type ReadBy = (node: Node) => readonly Node[]

export function wayOf(node: Node, readers: ReadBy): Way {
  if (isMultiple(node)) return stops(`it is a ${node.kind}`)
  if (isWeighted(node)) return ofWeighted(node)
  switch (node.kind) {
    case 'activation':
      return ofActivation(node, readers)
    case 'batchNorm': {
      const { input, ...constants } = node.inputs
      if (!Object.values(constants).every(isConstant))
        return stops('its parameters are computed from the input')
      return keeps(node, input)
    }
    case 'add':
    case 'multiply':
      return ofPair(node)
    case 'reshape': {
      const { input, like } = node.inputs
      if (like) return stops('it is a reshape to the sides of another')
      const same = [input.type, node.type].every(({ shape }) =>
        shape.slice(2).every((side) => side === 1),
      )
      return same && channelsOf(input) === channelsOf(node)
        ? keeps(node, input)
        : stops('it is a reshape of more than channels')
    }
    case 'concat': {
      const { parts } = node.inputs
      if (parts.length === 1) return keeps(node, ...parts)
      if (node.attributes.axis === 1) return { does: 'joins', reads: parts }
      return stops(`it is a concat along axis ${node.attributes.axis}`)
    }
    case 'result':
      return stops(`it is a result of a ${node.inputs.of.kind}`)
    case 'pad':
      return node.attributes.axis === 1
        ? stops('it is padded by itself')
        : keeps(node, node.inputs.input)
    case 'resize':
    case 'pool':
    case 'globalPool':
    case 'adaptivePool':
    case 'identity':
    case 'cast':
      return keeps(node, node.inputs.input)
    default:
      return stops(`it is ${withArticle(node.kind)}`)
  }
}

function stops(reason: string): Way {
  return { does: 'stops', reason }
}

function keeps(node: Value, ...reads: readonly Value[]): Way {
  return reads.some(isConstant) || channelsOf(node) === undefined
    ? stops('what it reads is constant, or has no channels')
    : { does: 'keeps', reads }
}

function ofWeighted(layer: Weighted): Way {
  const { input, weight, bias } = layer.inputs
  if (!isConstant(weight) || (bias && !isConstant(bias)))
    return stops('its weights are computed from the input')
  const groups = layer.kind === 'linear' ? 1 : layer.attributes.groups
  if (groups === 1) return { does: 'mixes', reads: [input] }
  if (layer.kind === 'conv' && groups === channelsOf(input) && groups === channelsOf(layer))
    return keeps(layer, input)
  return stops(`it is a ${layer.kind} of ${groups} groups, which would become others`)
}

/** Where f(0) is not 0, padding would be no zeros any more: harmless only where it meets zeros at once. */
function ofActivation(node: NodeOf<'activation'>, readers: ReadBy): Way {
  const reader = isZeroAtZero(node) ? undefined : missesZeros(node, readers)
  if (!reader) return keeps(node, node.inputs.input)
  const { name } = node.attributes.function
  return stops(`${name} of zeros is not zero, and ${reader.kind} ${reader.origin.path} reads it`)
}

function isZeroAtZero(node: Value): boolean {
  const name = node.kind === 'activation' ? node.attributes.function.name : undefined
  return name !== 'sigmoid' && name !== 'hardSigmoid'
}

/** A reader that is neither a layer, whose weight has zeros there, nor a product with zeros. */
function missesZeros(node: Value, readers: ReadBy): Node | undefined {
  // A gate is reshaped to what it is multiplied with.
  const shapes: Value[] = [node]
  for (const shape of shapes)
    for (const reader of readers(shape)) {
      if (reader.kind === 'reshape') shapes.push(reader)
      else if (reader.kind === 'multiply' ? !otherIsZero(reader, shape) : !isWeighted(reader))
        return reader
    }
  return undefined
}

function otherIsZero({ inputs: { left, right } }: NodeOf<'multiply'>, node: Value): boolean {
  const other = left === node ? right : left
  const from = other.kind === 'reshape' ? other.inputs.input : other
  return other !== node && isZeroAtZero(from) && channelsOf(other) === channelsOf(node)
}

/** Both sides are to be padded alike; one that has a single channel meets padding only as a factor of zeros. */
function ofPair(node: NodeOf<'add'> | NodeOf<'multiply'>): Way {
  const [rank, channels] = [node.type.shape.length, channelsOf(node)]
  const sides = operandsOf(node) as readonly Value[]
  const isAlike = (side: Value): boolean =>
    !isConstant(side) && side.type.shape.length === rank && channelsOf(side) === channels
  const reads = sides.filter(isAlike)
  if (reads.length === 0) return stops('it is broadcast along its channels')
  for (const side of sides.filter((each) => !isAlike(each))) {
    const along = side.type.shape[1 - rank + side.type.shape.length]
    // Padded with what it is added to, or multiplied with.
    if (isConstant(side) && along !== undefined && along === channels) continue
    if (along !== undefined && along !== 1)
      return stops(
        `${side.kind} ${side.origin.path}, which it reads, has no axis before its channels`,
      )
    if (node.kind === 'add') return stops('it adds one number to all channels')
  }
  return keeps(node, ...reads)
}
