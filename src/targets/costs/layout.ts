import { reachedFrom } from '../../compiler/graph.js'
import type { Node, NodeOf, Value } from '../../compiler/node.js'

/**
 * How ONNX Runtime holds a map on x86: plain (NCHW), or in blocks of 8 or 16 channels (NCHWc), in which its fast
 * kernels compute. Between the two it reorders. These rules are those of its `nchwc_transformer.cc`, and were read off
 * networks that 1.30 wrote optimised (`optimizedModelFilePath`).
 */
export type Layout = 'plain' | 'blocked'

/** The blocked kernels take inputs of fewer channels than a block as they lie, else a multiple of this. */
const alignment = 4

/** How each value lies, in blocks of so many channels. What has been asked once is known. */
export function layouts(block: number): (node: Node) => Layout {
  const known = new WeakMap<Node, Layout>()
  const isBlocked = (node: Node): boolean => known.get(node) === 'blocked'
  return (asked) => {
    const unknown = (node: Node): readonly Node[] => follows(node).filter((one) => !known.has(one))
    if (!known.has(asked))
      for (const node of reachedFrom([asked], unknown))
        known.set(node, lies(node, block, isBlocked) ? 'blocked' : 'plain')
    return known.get(asked) as Layout
  }
}

/** The values that a node lies as. */
function follows(node: Node): readonly Value[] {
  if (node.kind === 'activation' || node.kind === 'batchNorm' || node.kind === 'resize')
    return [node.inputs.input]
  if (node.kind === 'add') return [node.inputs.left, node.inputs.right]
  if (node.kind === 'concat') return node.inputs.parts
  return []
}

function lies(node: Node, block: number, isBlocked: (node: Node) => boolean): boolean {
  if (block === 1) return false
  if (node.kind === 'conv') return isBlockedConv(node, block)
  if (node.kind === 'pool' || node.kind === 'globalPool')
    return channelsOf(node.inputs.input) % block === 0
  const followed = follows(node)
  if (followed.length === 0 || !followed.every(isBlocked)) return false
  return node.kind !== 'concat' || followed.every((part) => channelsOf(part) % block === 0)
}

/** Whether a convolution is computed in blocks. */
function isBlockedConv(node: NodeOf<'conv'>, block: number): boolean {
  const [outputs, inputs] = node.inputs.weight.type.shape as readonly [number, number]
  const { groups } = node.attributes
  if (groups === 1) return inputs < block || inputs % alignment === 0
  if (inputs === 1 && outputs === groups) return outputs % block === 0
  return inputs % block === 0 && (outputs / groups) % block === 0
}

/** Of a map; 0 of what has none. */
function channelsOf({ type }: Value): number {
  return type.shape.length === 4 ? (type.shape[1] as number) : 0
}
