import { symbolicDimension } from '../compiler/dimension.js'
import { mostGrowth, pictureOf } from '../compiler/interpret/boxes.js'
import type { NodeOf, Quad, TensorType } from '../compiler/node.js'
import { fixed } from './choosing.js'
import type { Writer } from './writer.js'

/** The boxes, and how far each column and each row of positions moves them: [height, 1, 1, 4], [1, width, 1, 4]. */
export function anchors(node: NodeOf<'anchors'>, to: Writer): void {
  const { stride, boxes } = node.attributes
  const [, , height, width] = fixed(node, node.inputs.like) as [number, number, number, number]
  const moved = (count: number, x: 0 | 1): number[] =>
    Array.from({ length: count }, (_, i) =>
      [x, 1 - x, x, 1 - x].map((by) => by * i * stride),
    ).flat()
  const shape = [1, width, boxes.length, 4]
  const row = to.step(node, 'row', { element: 'float32', shape }, 'Add', [
    to.floats(boxes.flat(), [1, 1, boxes.length, 4]),
    to.floats(moved(width, 1), [1, width, 1, 4]),
  ])
  to.write(node, 'Add', [row, to.floats(moved(height, 0), [height, 1, 1, 4])])
}

/** In pairs, for x and y at once: of the lower ends of boxes, the upper, the shifts and the growths. */
export function decodeBoxes(node: NodeOf<'decodeBoxes'>, to: Writer): void {
  const { boxes, deltas, picture } = node.inputs
  const { means, deviations } = node.attributes
  fixed(node, picture)
  const [width, height] = pictureOf(picture)
  const { element, shape } = node.type
  const pairs = { element, shape: [...shape.slice(0, -1), 2] }
  const each = shape.length === 3
  const own = { element, shape: each ? [shape[0], 1, 2] : pairs.shape } as TensorType
  const step = (
    part: string,
    operator: string,
    inputs: string[],
    type: TensorType = pairs,
  ): string => to.step(node, part, type, operator, inputs)
  const half = (part: string, of: string, from: 0 | 2, type: TensorType): string =>
    step(part, 'Slice', [of, ...[from, from + 2, -1].map((n) => to.integers([n]))], type)
  const apart = { element, shape: [...own.shape.slice(0, -1), 4] }
  const all = each
    ? step('each', 'Unsqueeze', [to.of(boxes), to.integers([1])], apart)
    : to.of(boxes)
  const [low, high] = [half('low', all, 0, own), half('high', all, 2, own)]
  const side = step('side', 'Sub', [high, low], own)
  const twice = step('twice', 'Add', [low, high], own)
  const centre = step('centre', 'Mul', [twice, to.floats([0.5])], own)
  const scaled = by(step, 'scaled', 'Mul', to.of(deltas), deviations, 1, to, node.type)
  const meant = by(step, 'meant', 'Add', scaled, means, 0, to, node.type)
  const shift = step('shift', 'Mul', [half('by', meant, 0, pairs), side])
  const limit = Math.log(mostGrowth)
  const growth = step('growth', 'Clip', [
    half('grown', meant, 2, pairs),
    to.floats([-limit], []),
    to.floats([limit], []),
  ])
  const factor = step('factor', 'Exp', [growth])
  const reach = step('reach', 'Mul', [step('size', 'Mul', [factor, side]), to.floats([0.5])])
  const at = step('at', 'Add', [centre, shift])
  const cut = (part: string, operator: string, least: number): string => {
    const end = step(part, operator, [at, reach])
    const below = step(`${part}_most`, 'Min', [
      end,
      to.floats([width, height].map((n) => n - 1 + least)),
    ])
    return step(`${part}_cut`, 'Max', [below, to.floats([least])])
  }
  to.write(node, 'Concat', [cut('lower', 'Sub', 0), cut('upper', 'Add', 1)], { axis: -1n })
}

type Step = (part: string, operator: string, inputs: string[], type: TensorType) => string

/** Numbers that change nothing are not written. */
function by(
  step: Step,
  part: string,
  operator: string,
  of: string,
  numbers: Quad,
  nothing: number,
  to: Writer,
  type: TensorType,
): string {
  return numbers.every((n) => n === nothing)
    ? of
    : step(part, operator, [of, to.floats(numbers)], type)
}

/** The operator lists what is kept; its ones are written where that is, among zeros. */
export function nonMaxSuppression(node: NodeOf<'nonMaxSuppression'>, to: Writer): void {
  const { boxes, scores } = node.inputs
  const { overlap, least } = node.attributes
  const [, , count] = fixed(node, scores) as [number, number, number]
  // A name of its own: runtimes take sides of one name for equal.
  const selected = symbolicDimension(`${to.of(node)}.kept`)
  const listed = to.step(
    node,
    'listed',
    { element: 'int64', shape: [selected, 3] },
    'NonMaxSuppression',
    [to.of(boxes), to.of(scores), to.integers([count]), to.floats([overlap]), to.floats([least])],
  )
  const zeros = to.step(node, 'zeros', node.type, 'Mul', [to.of(scores), to.floats([0])])
  const ones = to.step(node, 'ones', node.type, 'Add', [zeros, to.floats([1])])
  const kept = to.step(node, 'kept', { ...node.type, shape: [selected] }, 'GatherND', [
    ones,
    listed,
  ])
  to.write(node, 'ScatterND', [zeros, listed, kept])
}
