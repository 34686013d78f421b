import { type Dimension, elementCount, isProduct, symbolOf } from '../compiler/dimension.js'
import { nodesOf } from '../compiler/graph.js'
import { isMultiple, type Node, type NodeOf, operandsOf } from '../compiler/node.js'
import { type InputSize, printSide, type Side, sidesGiven } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import type { TensorData } from '../runtime/tensor.js'

/** What a network is compiled for, and one size of that kind to run it at. */
export interface RunPlan {
  readonly asked: InputSize
  readonly run: InputSize & { readonly [K in keyof InputSize]: number }
  /** Whether heddle chose height and width of the run, because nobody stated them. */
  readonly chosen: boolean
}

/**
 * A size to run at: that of the input where there is one, else the one that is stated. Sides that nobody
 * states are small; sides that are free are small, odd where they may be, and unequal, so that no level
 * divides them and none is taken for the other; of a free batch there are two.
 * @throws {InputError} where the input is not of the size that is stated.
 */
export function planRun(
  model: Model,
  size: Partial<InputSize> = {},
  input?: TensorData | undefined,
): RunPlan {
  if (input) return { ...planOf(model, size, input), chosen: false }
  const small = smallSize(model)
  const asked = { batch: 1, ...small, ...defined(size) }
  const height = least(asked.height, small.height, 3)
  let width = least(asked.width, small.width, 5)
  if (width === height && typeof asked.width !== 'number')
    width = least(asked.width, small.width + Math.ceil(small.width / 2), 5)
  const batch = typeof asked.batch === 'number' ? asked.batch : 2 * asked.batch.multiple
  const stated = typeof size.height === 'number' && typeof size.width === 'number'
  return { asked, run: { batch, height, width }, chosen: !stated }
}

function planOf(
  model: Model,
  size: Partial<InputSize>,
  { dims, data, type = 'float32' }: TensorData,
): Omit<RunPlan, 'chosen'> {
  const { element, shape } = (model.graph.inputs as readonly [NodeOf<'input'>])[0].type
  const run = { batch: 0, height: 0, width: 0 }
  for (const [axis, side] of shape.entries())
    if (typeof side !== 'number') run[symbolOf(side) as keyof InputSize] = dims[axis] ?? 0
  const asked = { ...run, ...defined(size) }
  const wanted = sidesGiven(model.graph, asked)
  const fits = dims.length === 4 && wanted.every((side, axis) => isOf(side, dims[axis] as number))
  if (type !== element || elementCount(dims) !== data.length || !fits)
    throw new InputError({
      problem: `an input of ${type} [${dims.join(', ')}] with ${data.length} elements for ${model.name}, which takes ${element} [${wanted.map(printSide).join(', ')}]`,
      remedy: `Give one element for each pixel and channel, in the order of [${shape.map((side) => (typeof side === 'number' ? 'channels' : symbolOf(side))).join(', ')}].`,
    })
  return { asked, run }
}

/**
 * A small size that tells as much as a large one: the coarsest level has 2 pixels along the shorter side (the
 * side itself at least 16), and the longer side keeps the proportions of the model's own default, in whole
 * coarsest pixels and at most 4 times the shorter. The default itself, where that is smaller. Levels that poolings
 * make of whatever is left, as DDRNet's down to 1/512, do not count: they survive any size.
 */
export function smallSize({ graph, image }: Model): { height: number; width: number } {
  const made = nodesOf(graph).filter(
    (node) =>
      !survivesAnySize(node) && levelOf(node) > Math.max(1, ...operandsOf(node).map(levelOf)),
  )
  const coarsest = made.reduce((most, node) => Math.max(most, levelOf(node)), 1)
  const [height, width] = image.size
  const short = Math.max(2 * coarsest, 16)
  const ratio = Math.min(Math.max(height, width) / Math.min(height, width), 4)
  const long = Math.max(short, Math.round((ratio * short) / coarsest) * coarsest)
  if (height * width <= short * long) return { height, width }
  return height <= width ? { height: short, width: long } : { height: long, width: short }
}

/** The coarsest stride of what a node makes. */
function levelOf(node: Node): number {
  return isMultiple(node) ? 1 : Math.max(1, ...node.type.shape.map(strideOf))
}

/** Whether a node is a pooling that has a window of even a single position. */
function survivesAnySize(node: Node): boolean {
  if (node.kind !== 'pool') return false
  const { kernel, padding } = node.attributes
  return kernel.every((side, axis) => 2 * (padding[axis] as number) >= side - 1)
}

/** How many pixels of the input one step along a side spans; 1 for a side that does not follow the input. */
function strideOf(side: Dimension): number {
  if (typeof side === 'number' || isProduct(side) || side.symbol === 'batch') return 1
  return Math.round((side.multiple * side.over) / side.times)
}

function least(side: Side, small: number, extra: number): number {
  if (typeof side === 'number') return side
  return side.multiple === 1 ? small + extra : Math.ceil(small / side.multiple) * side.multiple
}

function isOf(side: Side, value: number): boolean {
  return typeof side === 'number' ? side === value : value > 0 && value % side.multiple === 0
}

function defined(size: Partial<InputSize>): Partial<InputSize> {
  return Object.fromEntries(Object.entries(size).filter(([, side]) => side !== undefined))
}
