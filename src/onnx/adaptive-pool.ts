import {
  type Dimension,
  equalDimensions,
  printShape,
  scaleDimension,
} from '../compiler/dimension.js'
import { type NodeOf, placeOf } from '../compiler/node.js'
import { adaptiveWindows } from '../compiler/windows.js'
import { NetworkError } from '../errors.js'
import type { Writer } from './writer.js'

/**
 * Over the whole map as a global pooling, of windows alike as an average pooling, else as two products with constant
 * matrices: y = R·x·Cᵀ, where row i of R has 1/n at the n places of window i.
 * @throws {NetworkError} `open-size` where neither the windows nor the size is known.
 */
export function adaptivePool(node: NodeOf<'adaptivePool'>, to: Writer): void {
  const { input } = node.inputs
  const x = to.of(input)
  const [height, width] = input.type.shape.slice(2) as [Dimension, Dimension]
  const [rows, columns] = node.type.shape.slice(2) as [Dimension, Dimension]
  const kernel = [timesIn(rows, height), timesIn(columns, width)]
  const alike = kernel.filter((side) => side !== undefined).map(BigInt)
  if (rows === 1 && columns === 1) to.write(node, 'GlobalAveragePool', [x])
  else if (alike.length === 2)
    to.write(node, 'AveragePool', [x], { kernel_shape: alike, strides: alike })
  else if (isNumber(height) && isNumber(width) && isNumber(rows) && isNumber(columns)) {
    const element = node.type.element === 'float16' ? 'float16' : 'float32'
    const [batch = 1, channels = 1] = node.type.shape
    const type = { element, shape: [batch, channels, rows, width] } as const
    const left = to.floats(means(height, rows), [rows, height], element)
    const right = to.floats(transposed(means(width, columns), width), [width, columns], element)
    const shorter = to.step(node, 'rows', type, 'MatMul', [left, x])
    to.write(node, 'MatMul', [shorter, right])
  } else
    throw new NetworkError({
      rule: 'open-size',
      problem: `an adaptive pooling of ${printShape(input.type.shape)} to ${printShape(node.type.shape)}: its windows are open`,
      remedy: 'Give height and width in numbers: --input 512x1024.',
      ...placeOf(node.origin),
    })
}

/** How often a side goes into another, where it does and is known to. */
function timesIn(part: Dimension, whole: Dimension): number | undefined {
  if (isNumber(part) && isNumber(whole)) return whole % part === 0 ? whole / part : undefined
  for (let times = 1; times <= 2 ** 9; times *= 2) {
    const scaled = scaleDimension(part, times)
    if (scaled !== undefined && equalDimensions(scaled, whole)) return times
  }
  return undefined
}

/** [out, in]: in row i 1/n at each place of window i. */
function means(size: number, out: number): readonly number[] {
  return adaptiveWindows(size, out).flatMap(({ from, until }) =>
    Array.from({ length: size }, (_, at) => (at >= from && at < until ? 1 / (until - from) : 0)),
  )
}

/** Of rows of a length the columns, one after another. */
function transposed(values: readonly number[], length: number): readonly number[] {
  const rows = values.length / length
  return values.map((_, at) => values[(at % rows) * length + Math.floor(at / rows)] as number)
}

function isNumber(side: Dimension): side is number {
  return typeof side === 'number'
}
