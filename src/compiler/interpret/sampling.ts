import type { NodeOf } from '../node.js'
import { adaptiveWindows } from '../windows.js'
import { type Reading, sides4 } from './reading.js'

/** Where one output position reads along a side: two neighbours and how much of the second. */
interface Sample {
  readonly low: number
  readonly high: number
  readonly share: number
}

export function resize(node: NodeOf<'resize'>, { of }: Reading): Float64Array {
  const [batch, channels, height, width] = sides4(node.inputs.input)
  const [, , outHeight, outWidth] = sides4(node)
  const rows = samples(height, outHeight, node.attributes)
  const columns = samples(width, outWidth, node.attributes)
  const input = of(node.inputs.input)
  const y = new Float64Array(batch * channels * outHeight * outWidth)
  let at = 0
  for (let plane = 0; plane < batch * channels; plane++) {
    const read = (row: number, column: number): number =>
      input[(plane * height + row) * width + column] as number
    const across = (row: number, { low, high, share }: Sample): number =>
      read(row, low) * (1 - share) + read(row, high) * share
    for (const { low, high, share } of rows)
      for (const column of columns)
        y[at++] = across(low, column) * (1 - share) + across(high, column) * share
  }
  return y
}

/** Nearest: floor(x·in/out). Bilinear: pixel centres, clamped to the edge, or corner to corner. */
function samples(size: number, out: number, attributes: NodeOf<'resize'>['attributes']): Sample[] {
  const { mode, alignCorners } = attributes
  return Array.from({ length: out }, (_, x) => {
    if (mode === 'nearest') {
      const low = Math.floor((x * size) / out)
      return { low, high: low, share: 0 }
    }
    const place = alignCorners
      ? out === 1
        ? 0
        : (x * (size - 1)) / (out - 1)
      : Math.max(0, ((x + 0.5) * size) / out - 0.5)
    const low = Math.min(Math.floor(place), size - 1)
    return { low, high: Math.min(low + 1, size - 1), share: place - low }
  })
}

export function pool(node: NodeOf<'pool'>, { of }: Reading): Float64Array {
  const { operator, kernel, strides, padding, countPadding } = node.attributes
  const [batch, channels, height, width] = sides4(node.inputs.input)
  const [, , outHeight, outWidth] = sides4(node)
  const input = of(node.inputs.input)
  const y = new Float64Array(batch * channels * outHeight * outWidth)
  let at = 0
  for (let plane = 0; plane < batch * channels; plane++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++) {
        const top = oy * strides[0] - padding[0]
        const left = ox * strides[1] - padding[1]
        const window: number[] = []
        for (let row = Math.max(0, top); row < Math.min(height, top + kernel[0]); row++)
          for (let column = Math.max(0, left); column < Math.min(width, left + kernel[1]); column++)
            window.push(input[(plane * height + row) * width + column] as number)
        const count = countPadding ? kernel[0] * kernel[1] : window.length
        y[at++] = operator === 'max' ? largest(window) : total(window) / count
      }
  return y
}

/** The mean of each window. */
export function adaptivePool(node: NodeOf<'adaptivePool'>, { of }: Reading): Float64Array {
  const [batch, channels, height, width] = sides4(node.inputs.input)
  const [, , outHeight, outWidth] = sides4(node)
  const [rows, columns] = [adaptiveWindows(height, outHeight), adaptiveWindows(width, outWidth)]
  const input = of(node.inputs.input)
  const y = new Float64Array(batch * channels * outHeight * outWidth)
  let at = 0
  for (let plane = 0; plane < batch * channels; plane++)
    for (const row of rows)
      for (const column of columns) {
        let sum = 0
        for (let iy = row.from; iy < row.until; iy++)
          for (let ix = column.from; ix < column.until; ix++)
            sum += input[(plane * height + iy) * width + ix] as number
        y[at++] = sum / ((row.until - row.from) * (column.until - column.from))
      }
  return y
}

/** Over height and width. */
export function globalPool(
  { inputs, attributes }: NodeOf<'globalPool'>,
  { of }: Reading,
): Float64Array {
  const [batch, channels, height, width] = sides4(inputs.input)
  const area = height * width
  const input = of(inputs.input)
  return Float64Array.from({ length: batch * channels }, (_, plane) => {
    const values = input.subarray(plane * area, (plane + 1) * area)
    return attributes.operator === 'max' ? largest(values) : total(values) / area
  })
}

function total(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum
}

function largest(values: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i] as number)
  return most
}
