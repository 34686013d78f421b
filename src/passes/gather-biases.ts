import type { Graph } from '../compiler/graph.js'
import { computed, make, withOperands } from '../compiler/make.js'
import {
  isConstant,
  isWeighted,
  type Node,
  type NodeOf,
  type Value,
  type Weighted,
} from '../compiler/node.js'
import { type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { part, type Readers, reweighted } from './reweighted.js'
import { type Add, sumAt, sumsOf } from './sums.js'

/**
 * The biases of layers that are summed are summed before the network runs, and stand on one of them:
 *
 *     (V∗x + a) + resize(W∗y + b)  =  (V∗x + (a + b)) + resize(W∗y)
 *
 * of convolutions, transposed ones and linear layers, through resizes of any mode, whose weights add up to one. They
 * stand on the last layer that is summed without a resize, else on the last. ONNX Runtime takes an add into a convolution
 * of odd widths only if that has a bias, so `orderSums` comes before, which puts such a convolution last. Refused: a layer
 * that is read elsewhere too; a bias that is computed from the input; other channels than those of the sum, which
 * broadcasts them.
 */
export const gatherBiases: Pass = {
  name: 'gather-biases',
  equation: '(V∗x + a) + resize(W∗y + b) = (V∗x + (a + b)) + resize(W∗y)',
  changes: 'rounding',
  run,
}

function run(graph: Graph): Rewriting {
  const sums = sumsOf(graph)
  return rewrite(graph, (node, { readers, old }) =>
    node.kind === 'add' && sums.has(old) ? gathered(node, readers) : undefined,
  )
}

/** A layer with a bias that is a term of a sum, and the resizes between them, the last first. */
interface Biased {
  readonly layer: Weighted
  readonly bias: Value
  readonly resizes: readonly NodeOf<'resize'>[]
}

function gathered(root: Add, readers: Readers): Node | Refusal | undefined {
  const { terms, adds } = sumAt(root, readers)
  const all = terms.flatMap((term) => biasedIn(term) ?? [])
  const movable = all.filter((each) => !kept(each, root, readers))
  const last = movable.findLast(({ resizes }) => resizes.length === 0) ?? movable.at(-1)
  if (!last || movable.length < 2)
    return all.length < 2 ? undefined : all.map((each) => kept(each, root, readers)).find(Boolean)
  const sum = movable
    .map(({ bias }) => bias)
    .reduce((left, right) => make('add', { left, right }, {}, last.layer.origin))
  const bias = computed(sum, part(last.layer, 'bias'))
  const became = new Map<Node, Node>()
  for (const { layer } of movable)
    became.set(
      layer,
      reweighted(layer, { ...layer.inputs, bias: layer === last.layer ? bias : undefined }),
    )
  for (const node of [...movable.flatMap(({ resizes }) => resizes.toReversed()), ...adds])
    became.set(
      node,
      withOperands(node, (operand) => became.get(operand) ?? operand),
    )
  return became.get(root)
}

function biasedIn(term: Value): Biased | undefined {
  const resizes: NodeOf<'resize'>[] = []
  let layer = term
  for (; layer.kind === 'resize'; layer = layer.inputs.input) resizes.push(layer)
  const bias = isWeighted(layer) ? layer.inputs.bias : undefined
  return bias && { layer: layer as Weighted, bias, resizes }
}

/** Why the bias of a layer has to stay. */
function kept({ layer, bias, resizes }: Biased, root: Add, readers: Readers): Refusal | undefined {
  const { path } = layer.origin
  const shared = [...resizes, layer].find((node) => readers(node) > 1)
  if (shared) return new Refusal(`${shared.origin.path} is read ${readers(shared)} times`)
  if (!isConstant(bias)) return new Refusal(`the bias of ${path} is computed from the input`)
  const [rank, channels] = [layer.type.shape.length, layer.type.shape[1]]
  if (rank !== root.type.shape.length || channels !== root.type.shape[1])
    return new Refusal(`the channels of ${path} are not those of the sum`)
  return undefined
}
