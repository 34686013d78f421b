import type { NodeOf, Value } from '../node.js'
import { type Reading, sides4, sizeOf } from './reading.js'

/** A map cut into windows, zeros around its centre where they do not divide it. */
export function windows(node: NodeOf<'windows'>, { of }: Reading): Float64Array {
  const { input } = node.inputs
  const [x, y] = [of(input), new Float64Array(sizeOf(node.type))]
  for (const { map, window } of places(input, node.attributes.size)) y[window] = x[map] as number
  return y
}

/** A map put together of its windows again. */
export function fromWindows(node: NodeOf<'fromWindows'>, { of }: Reading): Float64Array {
  const [x, y] = [of(node.inputs.input), new Float64Array(sizeOf(node.type))]
  for (const { map, window } of places(node, node.attributes.size)) y[map] = x[window] as number
  return y
}

/** Where each element of a map stands in it, and in its windows. */
function* places(
  map: Value,
  size: number,
): Generator<{ readonly map: number; readonly window: number }> {
  const [batch, channels, height, width] = sides4(map)
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)]
  const [top, left] = [zerosBefore(height, size), zerosBefore(width, size)]
  let at = 0
  for (let b = 0; b < batch; b++)
    for (let c = 0; c < channels; c++)
      for (let y = top; y < top + height; y++)
        for (let x = left; x < left + width; x++) {
          const [row, column] = [Math.floor(y / size), Math.floor(x / size)]
          const window = (b * rows + row) * columns + column
          const place = (y % size) * size + (x % size)
          yield { map: at++, window: (window * size * size + place) * channels + c }
        }
}

/** How many of the zeros that fill up the last window stand before a side: half of them, the smaller one. */
export function zerosBefore(side: number, size: number): number {
  return Math.floor((Math.ceil(side / size) * size - side) / 2)
}
