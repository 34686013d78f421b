import type { Dimension } from '../compiler/dimension.js'
import { make } from '../compiler/make.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'

/** A resize that takes each number as often along height as along width: nearest ×k, k whole, whatever the sizes. */
export type Repetition = NodeOf<'resize'>

export function isRepetition(node: Node): node is Repetition {
  if (node.kind !== 'resize' || node.inputs.like) return false
  return node.attributes.mode === 'nearest' && Number.isInteger(timesOf(node))
}

/** How often a repetition takes each number, along height and along width. */
export function timesOf({ attributes: { times, over } }: Repetition): number {
  return times / over
}

/** x repeated so many times, otherwise as a resize does it. */
export function repeated(
  x: Value,
  times: number,
  { attributes, origin }: NodeOf<'resize'>,
): Repetition {
  return make('resize', { input: x }, { ...attributes, times, over: 1 }, origin)
}

/** The whole factors by which height and width grow in a resize, of any mode or to a size, where they are known. */
export function factorsOf(node: NodeOf<'resize'>): readonly [number, number] | undefined {
  const times = timesOf(node)
  if (!node.inputs.like && Number.isInteger(times)) return [times, times]
  const [rows, columns] = [2, 3].map((axis) =>
    factor(node.inputs.input.type.shape[axis], node.type.shape[axis]),
  )
  return rows && columns ? [rows, columns] : undefined
}

function factor(from: Dimension | undefined, into: Dimension | undefined): number | undefined {
  if (typeof from !== 'number' || typeof into !== 'number' || into % from !== 0) return undefined
  return into / from
}
