import { reachedFrom } from '../compiler/graph.js'
import { type Constant, isConstant, type Node, type NodeOf, type Value } from '../compiler/node.js'
import { Refusal } from '../compiler/rewrite.js'
import { equalTypes } from '../compiler/shape.js'
import { isPointwise, notDense } from './pointwise.js'
import type { Readers } from './reweighted.js'

/** A 1×1 convolution over all channels, with constants. */
export type Dense = NodeOf<'conv'> & {
  readonly inputs: { readonly weight: Constant; readonly bias?: Constant | undefined }
}

/** The channels between 1×1 convolutions and the one that consumes them, each computed by itself. */
export interface Hidden {
  readonly consumer: Dense
  readonly channels: number
  /** All that is as wide: from the first convolutions to the activation, operands first. */
  readonly nodes: readonly (Dense | Between)[]
}

type Between = NodeOf<'activation'> | NodeOf<'resize'> | NodeOf<'add'>

/**
 * What is hidden before a 1×1 convolution: the activation of a sum of 1×1 convolutions, resized or not. A refusal where
 * not all of it can be computed channel by channel, nothing where no 1×1 convolution is among it.
 */
export function hiddenBefore(
  consumer: NodeOf<'conv'>,
  readers: Readers,
): Hidden | Refusal | undefined {
  const { input } = consumer.inputs
  if (!isPointwise(consumer) || input.kind !== 'activation') return undefined
  const nodes = reachedFrom([input], within) as readonly Value[]
  if (!nodes.some(isPointwise)) return undefined
  if (!isDense(consumer)) return new Refusal('it has groups, or a weight that is computed')
  const spread = nodes.find(
    (node) => node.kind === 'add' && !equalTypes(node.inputs.left.type, node.inputs.right.type),
  )
  if (spread) return new Refusal(`${spread.origin.path} before it adds what is spread over a map`)
  for (const node of nodes) {
    const { path } = node.origin
    if (readers(node) > 1) return new Refusal(`${path} before it is read ${readers(node)} times`)
    if (!isBetween(node) && !isDense(node))
      return new Refusal(
        `${path} before it is no 1x1 convolution over all channels, with constants`,
      )
  }
  const channels = input.type.shape[1] as number
  return { consumer, channels, nodes: nodes as Hidden['nodes'] }
}

/** What of a node's operands is as wide as it is, and computed channel by channel. */
function within(node: Node): readonly Node[] {
  if (node.kind === 'add') return [node.inputs.left, node.inputs.right]
  return node.kind === 'activation' || node.kind === 'resize' ? [node.inputs.input] : []
}

function isBetween(node: Node): node is Between {
  return within(node).length > 0
}

function isDense(node: Node): node is Dense {
  if (node.kind !== 'conv' || notDense(node)) return false
  const { weight, bias } = node.inputs
  return isConstant(weight) && (!bias || isConstant(bias))
}
