import { leastAreas } from '../compiler/interpret/roi-align.js'
import { type NodeOf, placeOf, type TensorType } from '../compiler/node.js'
import { NetworkError } from '../errors.js'
import type { Writer } from './writer.js'

/**
 * Out of every level, and of these the one that the box is of. `half_pixel` takes half a position from each coordinate,
 * which is added before: `output_half_pixel` does not, but makes every box at least one position wide.
 * @throws {NetworkError} before opset 16, which has the latter alone.
 */
export function roiAlign(node: NodeOf<'roiAlign'>, to: Writer): void {
  const { inputs, attributes, type } = node
  const { side, samples, strides } = attributes
  if (to.opset < 16)
    throw new NetworkError({
      rule: 'opset',
      problem: `RoiAlign of opset ${to.opset} widens boxes that are narrower than a position`,
      remedy: 'Build with opset 16 or later.',
      ...placeOf(node.origin),
    })
  const boxes = to.of(inputs.boxes)
  const count = type.shape[0] as number
  const none = to.integers(new Array<number>(count).fill(0))
  const aligned = inputs.levels.map((level, i) => {
    const stride = strides[i] as number
    const moved = to.step(node, `moved${i}`, inputs.boxes.type, 'Add', [
      boxes,
      to.floats([stride / 2]),
    ])
    const operands = [to.of(level), moved, none]
    const options = {
      coordinate_transformation_mode: 'half_pixel',
      mode: 'avg',
      output_height: BigInt(side),
      output_width: BigInt(side),
      sampling_ratio: BigInt(samples),
      spatial_scale: 1 / stride,
    }
    if (inputs.levels.length > 1)
      return to.step(node, `level${i}`, type, 'RoiAlign', operands, options)
    to.write(node, 'RoiAlign', operands, options)
    return ''
  })
  if (aligned.length === 1) return
  const area = areas(node, to)
  const least = leastAreas(attributes)
  const truth: TensorType = { element: 'bool', shape: [count, 1, 1, 1] }
  aligned.slice(1).reduce((below, level, i) => {
    const from = to.floats([least[i] as number])
    const isOf = to.step(node, `is_of${i + 1}`, truth, 'GreaterOrEqual', [area, from])
    if (i < least.length - 1)
      return to.step(node, `up_to${i + 1}`, type, 'Where', [isOf, level, below])
    to.write(node, 'Where', [isOf, level, below])
    return ''
  }, aligned[0] as string)
}

/** Of each box, [count, 1, 1, 1]. */
function areas(node: NodeOf<'roiAlign'>, to: Writer): string {
  const { boxes } = node.inputs
  const { element } = node.type
  const count = node.type.shape[0] as number
  const part = (name: string, from: number, until: number, shape: readonly number[], of: string) =>
    to.step(node, name, { element, shape }, 'Slice', [
      of,
      ...[from, until, 1].map((n) => to.integers([n])),
    ])
  const [low, high] = [0, 2].map((from) =>
    part(from === 0 ? 'low' : 'high', from, from + 2, [count, 2], to.of(boxes)),
  ) as [string, string]
  const sides = to.step(node, 'sides', { element, shape: [count, 2] }, 'Sub', [high, low])
  const [width, height] = [0, 1].map((from) =>
    part(from === 0 ? 'width' : 'height', from, from + 1, [count, 1], sides),
  ) as [string, string]
  const area = to.step(node, 'area', { element, shape: [count, 1] }, 'Mul', [width, height])
  const shape = [count, 1, 1, 1]
  return to.step(node, 'areas', { element, shape }, 'Reshape', [area, to.integers(shape)])
}
