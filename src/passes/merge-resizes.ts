import { make } from '../compiler/make.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'
import { type Pass, Refusal, rewrite } from '../compiler/rewrite.js'
import { factorsOf, repeated } from './repetition.js'

/**
 * What is repeated twice is repeated once:
 *
 *     nearest ×a (nearest ×b (x))  =  nearest ×a·b (x)
 *
 * for whole a and b, since position i reads floor(i / a), and floors nest: floor(floor(i / a) / b) = floor(i / (a·b)).
 * A resize to the size of another is one by a whole factor where sizes are known. And of one position, whatever the
 * modes, since each weighs what it reads with a sum of one:
 *
 *     resize (resize (x))  =  resize (x), x of 1×1
 *
 * Refused: bilinear (up4 is not up2 of up2: its weights are others); factors that are not whole; where what is between
 * is read elsewhere too, since it has to be there all the same, and the rest is shorter from it.
 */
export const mergeResizes: Pass = {
  name: 'merge-resizes',
  equation: [
    'nearest ×a (nearest ×b (x)) = nearest ×a·b (x)',
    'resize (resize (x)) = resize (x), x of 1×1',
  ].join('\n'),
  changes: 'rounding',
  run: (graph) => rewrite(graph, (node, { readers }) => merged(node, readers)),
}

function merged(node: Node, readers: (node: Node) => number): Node | Refusal | undefined {
  if (node.kind !== 'resize') return undefined
  const inner = node.inputs.input
  if (inner.kind !== 'resize') return undefined
  const x = inner.inputs.input
  if (readers(inner) > 1)
    return new Refusal(`${inner.origin.path} before it is read ${readers(inner)} times`)
  const onePosition = x.type.shape[2] === 1 && x.type.shape[3] === 1
  for (const each of onePosition ? [] : [node, inner]) {
    if (each.attributes.mode === 'bilinear')
      return new Refusal(`${each.origin.path} is bilinear: up4 is not up2 of up2`)
    if (!factorsOf(each))
      return new Refusal(`${each.origin.path} is by no whole factor that is known`)
  }
  return resized(x, node, inner)
}

/** x resized at once: to the size of what the last resize goes to, or by one factor. */
function resized(
  x: Value,
  node: NodeOf<'resize'>,
  inner: NodeOf<'resize'>,
): NodeOf<'resize'> | Refusal {
  const { like } = node.inputs
  if (like) return make('resize', { input: x, like }, node.attributes, node.origin)
  const [outer, first] = [factorsOf(node), factorsOf(inner)]
  if (!outer || !first)
    return new Refusal(`${(first ? node : inner).origin.path} is by no whole factor that is known`)
  const [rows, columns] = [outer[0] * first[0], outer[1] * first[1]]
  if (rows !== columns)
    return new Refusal(`it would be by ${rows}x${columns}, which is no one factor`)
  return repeated(x, rows, node)
}
