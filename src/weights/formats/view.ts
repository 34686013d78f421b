/** Bytes of a file that are read at a time, where more than one read is needed. */
export const readAtOnce: number = 2 ** 24

/** Elements somewhere in a file: sides and strides in elements, of the first one the place. */
export interface View {
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** How many elements lie from the first to the last of a view that has any. */
export function spanOf({ shape, strides }: View): number {
  return shape.reduce((span, side, axis) => span + (side - 1) * (strides[axis] as number), 1)
}

/** The strides of a tensor whose elements follow each other, row by row. */
export function rowMajor(shape: readonly number[]): readonly number[] {
  const strides: number[] = []
  let stride = 1
  for (const side of shape.toReversed()) {
    strides.unshift(stride)
    stride *= Math.max(side, 1)
  }
  return strides
}

/** The same elements in the same order by as few axes as can be: neighbours that follow each other are one. */
export function simplest({ offset, shape, strides }: View): View {
  const merged: { side: number; stride: number }[] = []
  for (const [axis, side] of shape.entries()) {
    if (side === 1) continue
    const stride = strides[axis] as number
    const outer = merged.at(-1)
    if (outer && outer.stride === stride * side)
      merged[merged.length - 1] = { side: outer.side * side, stride }
    else merged.push({ side, stride })
  }
  return {
    offset,
    shape: merged.map(({ side }) => side),
    strides: merged.map(({ stride }) => stride),
  }
}

/** Whether elements follow each other without gaps; of a view as `simplest` has it. */
export function isContiguous({ shape, strides }: View): boolean {
  return shape.length === 0 || (shape.length === 1 && strides[0] === 1)
}

/** Whether two places of the view may be one element, other than by a stride of 0. */
export function mayOverlap({ shape, strides }: View): boolean {
  const axes = shape
    .map((side, axis) => ({ side, stride: strides[axis] as number }))
    .filter(({ side, stride }) => side > 1 && stride > 0)
    .sort((a, b) => a.stride - b.stride)
  let span = 1
  for (const { side, stride } of axes) {
    if (stride < span) return true
    span += (side - 1) * stride
  }
  return false
}

/** A view with a range of one axis alone. */
export function cut(view: View, axis: number, from: number, side: number): View {
  return {
    ...view,
    offset: view.offset + from * (view.strides[axis] as number),
    shape: view.shape.with(axis, side),
  }
}

/** A view in parts that follow each other row by row, each of at most `limit` elements. */
export function* parts(view: View, limit: number, axis = 0): Generator<View> {
  const inner = view.shape.slice(axis + 1).reduce((product, side) => product * side, 1)
  const side = view.shape[axis]
  if (side === undefined || side * inner <= limit) {
    yield view
    return
  }
  const step = Math.max(1, Math.floor(limit / inner))
  for (let from = 0; from < side; from += step) {
    const part = cut(view, axis, from, Math.min(step, side - from))
    if (inner > limit) yield* parts(part, limit, axis + 1)
    else yield part
  }
}
