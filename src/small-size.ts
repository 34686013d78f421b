import type { Dimension } from './compiler/dimension.js'
import { nodesOf } from './compiler/graph.js'
import type { InputSize, Side } from './compiler/specialise.js'
import type { Model } from './dsl/model.js'

/** Sizes that a network is run at: all sides known. */
export interface RunSize {
  readonly batch: number
  readonly height: number
  readonly width: number
}

/**
 * A small size that tells as much as a large one: the coarsest level has 2 pixels across the shorter side,
 * and the longer side keeps the proportions of the model's own default, in whole coarsest pixels (at most
 * 4 times the shorter). The default itself, where that is smaller.
 */
export function smallSize({ graph, image }: Model): { height: number; width: number } {
  let coarsest = 1
  for (const node of nodesOf(graph)) {
    if (node.kind === 'split' || node.kind === 'foreign') continue
    for (const side of node.type.shape) coarsest = Math.max(coarsest, strideOf(side))
  }
  const [height, width] = image.size
  const short = 2 * coarsest
  const ratio = Math.min(Math.max(height, width) / Math.min(height, width), 4)
  const long = Math.max(short, Math.round((ratio * short) / coarsest) * coarsest)
  if (height * width <= short * long) return { height, width }
  return height <= width ? { height: short, width: long } : { height: long, width: short }
}

/**
 * What to run a network at that takes any size: two images at once where the batch is free; sides that differ
 * from one another and, where nothing asks for multiples, are odd, so that no level divides them.
 */
export function runSize(size: InputSize, small: { height: number; width: number }): RunSize {
  const height = atLeast(size.height, small.height, 3)
  const width = atLeast(size.width, small.width, 5)
  const free = typeof size.width !== 'number'
  return {
    batch: typeof size.batch === 'number' ? size.batch : 2 * size.batch.multiple,
    height,
    width:
      free && width === height ? atLeast(size.width, width + Math.ceil(small.width / 2), 0) : width,
  }
}

function atLeast(side: Side, least: number, extra: number): number {
  if (typeof side === 'number') return side
  return side.multiple === 1 ? least + extra : Math.ceil(least / side.multiple) * side.multiple
}

/** How many pixels of the input one step along a side spans; 1 for a side that does not follow the input. */
function strideOf(side: Dimension): number {
  if (typeof side === 'number' || side.symbol === 'batch') return 1
  return Math.round((side.multiple * side.over) / side.times)
}
