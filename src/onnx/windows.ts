import { printShape } from '../compiler/dimension.js'
import { zerosBefore } from '../compiler/interpret/windowing.js'
import { type NodeOf, placeOf, type TensorType, type Value } from '../compiler/node.js'
import { NetworkError } from '../errors.js'
import type { Writer } from './writer.js'

/** Zeros around the map, its sides cut in two axes each, and windows put before what is in them. */
export function windows(node: NodeOf<'windows'>, to: Writer): void {
  const { size } = node.attributes
  const { input } = node.inputs
  const { rows, columns, pads, isPadded } = gridOf(node, input, size)
  const [batch, channels] = input.type.shape as readonly [number, number]
  const { element } = input.type
  const x = isPadded
    ? to.step(
        node,
        'padded',
        { element, shape: [batch, channels, rows * size, columns * size] },
        'Pad',
        [to.of(input), to.integers(pads)],
        { mode: 'constant' },
      )
    : to.of(input)
  const cut = [channels, rows, size, columns, size]
  const cutType: TensorType = { element, shape: [batch, ...cut] }
  const apart = to.step(node, 'cut', cutType, 'Reshape', [x, to.integers([0, ...cut])])
  const turned: TensorType = { element, shape: [batch, rows, columns, size, size, channels] }
  const last = to.step(node, 'turned', turned, 'Transpose', [apart], {
    perm: [0n, 2n, 4n, 3n, 5n, 1n],
  })
  to.write(node, 'Reshape', [last, to.integers([-1, size * size, channels])])
}

/** The same backwards. */
export function fromWindows(node: NodeOf<'fromWindows'>, to: Writer): void {
  const { size } = node.attributes
  const { rows, columns, pads, isPadded } = gridOf(node, node, size)
  const [batch, channels, height, width] = node.type.shape as readonly number[] as Four
  const { element } = node.type
  const cut = [rows, columns, size, size, channels]
  const apart = to.step(node, 'cut', { element, shape: [batch, ...cut] }, 'Reshape', [
    to.of(node.inputs.input),
    to.integers([-1, ...cut]),
  ])
  const turned: TensorType = { element, shape: [batch, channels, rows, size, columns, size] }
  const maps = to.step(node, 'turned', turned, 'Transpose', [apart], {
    perm: [0n, 5n, 1n, 3n, 2n, 4n],
  })
  const sides = [channels, rows * size, columns * size]
  const whole = [maps, to.integers([0, ...sides])]
  if (!isPadded) {
    to.write(node, 'Reshape', whole)
    return
  }
  const padded = to.step(node, 'padded', { element, shape: [batch, ...sides] }, 'Reshape', whole)
  const [top, left] = [pads[2] as number, pads[3] as number]
  to.write(node, 'Slice', [
    padded,
    to.integers([top, left]),
    to.integers([top + height, left + width]),
    to.integers([2, 3]),
  ])
}

type Four = readonly [number, number, number, number]

/** How many windows there are along both sides of a map, and the zeros around it, as ONNX has them. */
function gridOf(
  node: NodeOf<'windows'> | NodeOf<'fromWindows'>,
  map: Value,
  size: number,
): {
  readonly rows: number
  readonly columns: number
  readonly pads: readonly number[]
  readonly isPadded: boolean
} {
  const [, , height, width] = map.type.shape
  if (typeof height !== 'number' || typeof width !== 'number')
    throw new NetworkError({
      rule: 'open-size',
      problem: `windows of ${size}x${size} in a map of ${printShape(map.type.shape)}: how many is open`,
      remedy: 'Give height and width in numbers: --input 512x1024.',
      ...placeOf(node.origin),
    })
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)]
  const [top, left] = [zerosBefore(height, size), zerosBefore(width, size)]
  const [bottom, right] = [rows * size - height - top, columns * size - width - left]
  const pads = [0, 0, top, left, 0, 0, bottom, right]
  return { rows, columns, pads, isPadded: pads.some((side) => side > 0) }
}
