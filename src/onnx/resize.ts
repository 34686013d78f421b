import { type Dimension, equalDimensions, scaleDimension } from '../compiler/dimension.js'
import type { Node, NodeOf, TensorType } from '../compiler/node.js'
import type { Attributes, Writer } from './writer.js'

/**
 * Scales where the ratio is a constant whole number or its inverse is a power of two, which is the form that
 * runtimes are fast at; sizes where they are known; else sizes that the network computes from the target.
 */
export function resize(node: NodeOf<'resize'>, to: Writer): void {
  const { mode, alignCorners } = node.attributes
  const { input } = node.inputs
  const attributes: Attributes =
    mode === 'nearest'
      ? { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
      : {
          mode: 'linear',
          // `half_pixel`, not `pytorch_half_pixel`: the latter is wrong where a side of the result is 1.
          coordinate_transformation_mode: alignCorners ? 'align_corners' : 'half_pixel',
        }
  const x = to.of(input)
  const [rows, columns] = [2, 3].map((axis) =>
    factorOf(input.type.shape[axis] as Dimension, node.type.shape[axis] as Dimension),
  )
  const scaled = rows !== undefined && columns !== undefined
  const size = scaled
    ? [to.floats([1, 1, rows, columns])]
    : ['', node.type.shape.every(isNumber) ? to.integers(node.type.shape) : computedSizes(node, to)]
  to.write(node, 'Resize', [x, '', ...size], attributes)
}

/** Batch and channels of what is resized; height and width of what it is resized to, or times/over its own. */
function computedSizes(node: NodeOf<'resize'>, to: Writer): string {
  const { input, like } = node.inputs
  const { times, over } = node.attributes
  const outer = shapePart(node, 'outer', to.of(input), 0, 2, to)
  const inner = shapePart(node, 'inner', to.of(like ?? input), 2, 4, to)
  const step = (operator: string, size: string, by: number): string =>
    by === 1
      ? size
      : to.step(node, operator.toLowerCase(), sidesType(2), operator, [size, to.integers([by])])
  const sized = like ? inner : step('Div', step('Mul', inner, times), over)
  return to.step(node, 'sizes', sidesType(4), 'Concat', [outer, sized], { axis: 0n })
}

function isNumber(side: Dimension): side is number {
  return typeof side === 'number'
}

/** The constant by which one side is another, if it is one that floating point keeps exactly. */
function factorOf(from: Dimension, into: Dimension): number | undefined {
  if (typeof from === 'number' && typeof into === 'number') {
    if (into % from === 0) return into / from
    return from % into === 0 && Number.isInteger(Math.log2(from / into)) ? into / from : undefined
  }
  for (let factor = 1; factor <= 2 ** 16; factor *= 2) {
    const up = scaleDimension(from, factor)
    if (up !== undefined && equalDimensions(up, into)) return factor
    const down = scaleDimension(into, factor)
    if (down !== undefined && equalDimensions(down, from)) return 1 / factor
  }
  return undefined
}

/** So many sides as a tensor. */
function sidesType(count: number): TensorType {
  return { element: 'int64', shape: [count] }
}

function shapePart(
  node: Node,
  part: string,
  of: string,
  from: number,
  until: number,
  to: Writer,
): string {
  const shape = to.step(node, `${part}_shape`, sidesType(4), 'Shape', [of])
  return to.step(node, part, sidesType(2), 'Slice', [
    shape,
    to.integers([from]),
    to.integers([until]),
  ])
}
