import type { Dimension } from '../compiler/dimension.js'
import type { NodeOf } from '../compiler/node.js'
import type { Writer } from './writer.js'

/** To sides in numbers, of which 0 is the input's and -1 what is left; or to the open ones of another, read of its shape. */
export function reshape(node: NodeOf<'reshape'>, to: Writer): void {
  const { input, like } = node.inputs
  const sides = node.attributes.sides.map((side, axis) => {
    if (side === 'same') return 0
    if (side === 'rest') return -1
    return side === 'like' ? (node.type.shape[axis] as Dimension) : side
  })
  const x = to.of(input)
  const isOpen = sides.some((side) => typeof side !== 'number')
  const sized = isOpen && like ? readSides(node, sides, to.of(like), to) : undefined
  to.write(node, 'Reshape', [x, sized ?? to.integers(sides as readonly number[])])
}

/** The sides one after another, each open one cut from a shape. */
function readSides(
  node: NodeOf<'reshape'>,
  sides: readonly Dimension[],
  like: string,
  to: Writer,
): string {
  const rank = node.inputs.like?.type.shape.length ?? 0
  const int64 = (count: number) => ({ element: 'int64', shape: [count] }) as const
  const shape = to.step(node, 'shape', int64(rank), 'Shape', [like])
  const parts = sides.map((side, axis) =>
    typeof side === 'number'
      ? to.integers([side])
      : to.step(node, `side${axis}`, int64(1), 'Slice', [
          shape,
          to.integers([axis]),
          to.integers([axis + 1]),
        ]),
  )
  return to.step(node, 'sides', int64(sides.length), 'Concat', parts, { axis: 0n })
}
