import { NetworkError } from '../errors.js'
import { type Dimension, isProduct, printDimension } from './dimension.js'
import { make } from './make.js'
import { type Node, type NodeOf, type Padding, placeOf, type TensorType } from './node.js'
import { mapSides, weightSides } from './sides.js'

/**
 * A convolution whose padding is to follow from the size of its input, with that padding: as few zeros as give
 * ceil(side / stride) positions, the odd one behind. With reach = dilation·(kernel − 1) + 1 these are
 * reach − stride where the stride divides the side, else reach − side mod stride. Any other node as it is.
 * @throws {NetworkError} `shape` where nobody knows whether the stride divides a side that is open.
 */
export function withSamePadding(node: Node, sizeOf: (operand: Node) => Node): Node {
  if (node.kind !== 'conv' || !node.attributes.same) return node
  const { inputs, attributes, origin } = node
  const [, , height, width] = mapSides(sizeOf(inputs.input).type as TensorType)
  const [top, bottom] = zeros(node, 0, height)
  const [left, right] = zeros(node, 1, width)
  const padding: Padding = [top, left, bottom, right]
  if (padding.join() === attributes.padding.join()) return node
  return make('conv', inputs, { ...attributes, padding }, origin)
}

function zeros(
  { inputs, attributes, origin }: NodeOf<'conv'>,
  axis: 0 | 1,
  side: Dimension,
): readonly [before: number, behind: number] {
  const stride = attributes.strides[axis]
  const kernel = weightSides(inputs.weight.type, 4)[2 + axis] as number
  const reach = attributes.dilations[axis] * (kernel - 1) + 1
  const over = remainder(side, stride)
  if (over === undefined)
    throw new NetworkError({
      rule: 'shape',
      problem: `zeros around a side of ${printDimension(side)} follow from whether ${stride} divides it, and nobody knows`,
      remedy: `Let the input be a multiple of ${stride} times its stride.`,
      ...placeOf(origin),
    })
  const total = Math.max(0, reach - (over || stride))
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}

/** side mod divisor, where it is the same for every value of the symbol. */
function remainder(side: Dimension, divisor: number): number | undefined {
  if (typeof side === 'number') return side % divisor
  if (divisor === 1) return 0
  if (isProduct(side)) return undefined
  const { times, plus, over } = side
  if (over !== 1 || times % divisor !== 0) return undefined
  return ((plus % divisor) + divisor) % divisor
}
