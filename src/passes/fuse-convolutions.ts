import { make } from '../compiler/make.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'
import { type Pass, Refusal, rewrite } from '../compiler/rewrite.js'
import { equalTypes } from '../compiler/shape.js'
import type { Readers } from './reweighted.js'

/**
 * A convolution takes in the sum and the ReLU behind it:
 *
 *     relu(W∗x + b + z)  =  fusedConv(x, W, b, z)
 *
 * with or without b and z. ONNX Runtime's CUDA provider has a kernel of that (FusedConv of com.microsoft, of float32 and
 * this activation alone), where it starts one for the convolution, its bias, the sum and the ReLU each. Of a sum of
 * convolutions the last is taken: what it reads is ready last, as `orderSums` has put it. Refused: float16; other
 * activations; a convolution or a sum that is read elsewhere too; a sum that broadcasts.
 */
export const fuseConvolutions: Pass = {
  name: 'fuse-convolutions',
  equation: 'relu(W∗x + b + z) = fusedConv(x, W, b, z)',
  changes: 'rounding',
  run: (graph) => rewrite(graph, (node, { readers }) => fused(node, readers)),
}

function fused(node: Node, readers: Readers): Node | Refusal | undefined {
  if (node.kind !== 'activation') return undefined
  const { input } = node.inputs
  const terms = input.kind === 'add' ? [input.inputs.right, input.inputs.left] : [input]
  const convs = terms.filter((term) => term.kind === 'conv')
  const [first] = convs
  if (!first) return undefined
  const conv = convs.find((each) => readers(each) === 1)
  const reason = against(node, terms) ?? readElsewhere(input, readers)
  if (reason !== undefined || !conv)
    return new Refusal(reason ?? (readElsewhere(first, readers) as string))
  const addend = terms.find((term) => term !== conv)
  return make('fusedConv', { ...conv.inputs, addend }, conv.attributes, conv.origin)
}

function against(
  { attributes, type }: NodeOf<'activation'>,
  terms: readonly Value[],
): string | undefined {
  const { name } = attributes.function
  if (name !== 'relu') return `no kernel takes a ${name} in`
  if (type.element !== 'float32') return `no kernel takes in what is of ${type.element}`
  return terms.every((term) => equalTypes(term.type, type)) ? undefined : 'the sum broadcasts'
}

function readElsewhere(node: Node, readers: Readers): string | undefined {
  return readers(node) > 1 ? `${node.origin.path} is read ${readers(node)} times` : undefined
}
