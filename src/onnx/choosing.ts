import { printShape } from '../compiler/dimension.js'
import { type Node, type NodeOf, placeOf, type TensorType, type Value } from '../compiler/node.js'
import { NetworkError } from '../errors.js'
import type { Writer } from './writer.js'

/** Of all elements as one axis. */
export function topK(node: NodeOf<'topK'>, to: Writer): void {
  const { input } = node.inputs
  const [{ shape }] = node.type as readonly [TensorType]
  const { element } = input.type
  const all = { element, shape: [product(fixed(node, input))] } as const
  const flat = to.step(node, 'flat', all, 'Reshape', [to.of(input), to.integers([-1])])
  to.write(node, 'TopK', [flat, to.integers(shape as readonly number[])], {
    axis: 0n,
    largest: 1n,
    sorted: 1n,
  })
}

export function gather(node: NodeOf<'gather'>, to: Writer): void {
  const { input, places } = node.inputs
  if (node.attributes.each) {
    const { shape } = places.type
    const column = to.step(
      node,
      'places',
      { element: 'int64', shape: [...shape, 1] },
      'Unsqueeze',
      [to.of(places), to.integers([1])],
    )
    to.write(node, 'GatherND', [to.of(input), column], { batch_dims: 1n })
    return
  }
  const sides = fixed(node, input)
  const last = sides.at(-1) as number
  const rows = { element: input.type.element, shape: [product(sides) / last, last] } as const
  const table =
    sides.length === 2
      ? to.of(input)
      : to.step(node, 'rows', rows, 'Reshape', [to.of(input), to.integers([-1, last])])
  to.write(node, 'Gather', [table, to.of(places)], { axis: 0n })
}

export function wholeDivide(node: NodeOf<'wholeDivide'>, to: Writer): void {
  const { by, gives } = node.attributes
  const x = to.of(node.inputs.input)
  to.write(node, gives === 'quotient' ? 'Div' : 'Mod', [x, to.integers([by])])
}

/**
 * The sides of what is chosen from, which are counted on when the file is written.
 * @throws {NetworkError} where one is open.
 */
export function fixed(node: Node, { type: { shape } }: Value): readonly number[] {
  return shape.map((side) => {
    if (typeof side === 'number') return side
    throw new NetworkError({
      rule: 'open-size',
      problem: `${node.kind} reads ${printShape(shape)}, of which sides are open`,
      remedy:
        'How many boxes there are follows from the size: give it in numbers, --input 800x1216 --batch 1.',
      ...placeOf(node.origin),
    })
  })
}

function product(sides: readonly number[]): number {
  return sides.reduce((all, side) => all * side, 1)
}
