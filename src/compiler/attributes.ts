import { elementCount } from './dimension.js'
import {
  type Box,
  type Convolution,
  dispatch,
  type Node,
  type PerKind,
  type TensorType,
  type Value,
} from './node.js'

/** What is wrong with the attributes of a node, if anything. */
export function wrongAttribute(node: Node): string | undefined {
  return dispatch(attributesOf, node).find(([, holds]) => !holds)?.[0]
}

/** An attribute in words, and whether it may be so. */
type Check = readonly [attribute: string, holds: boolean]

const whole = (least: number, ...numbers: readonly number[]): boolean =>
  numbers.every((n) => Number.isSafeInteger(n) && n >= least)

const axisOf = (axis: number, { shape }: TensorType): boolean =>
  whole(0, axis) && axis < shape.length

const window = (n: {
  readonly strides: readonly number[]
  readonly padding: readonly number[]
}): readonly Check[] => [
  [`strides ${n.strides}`, n.strides.length === 2 && whole(1, ...n.strides)],
  [`padding ${n.padding}`, n.padding.length === 4 && whole(0, ...n.padding)],
]

/** What is to hold of the attributes of each kind. */
const attributesOf: PerKind<readonly Check[]> = {
  input: () => [],
  parameter: ({ attributes: { shape } }) => [[`shape ${shape}`, whole(1, ...shape)]],
  derived: ({ attributes: { derivation: d } }) => {
    if (d.rule === 'normFactor') return [epsilon(d.epsilon)]
    if (d.rule === 'literal') return literal(d.shape, d.numbers)
    if (d.rule === 'channelScale')
      return [
        [`axis ${d.axis}`, whole(0, d.axis ?? 0)],
        [`steps ${d.steps}`, whole(1, d.steps)],
        [`reach ${d.reach}`, d.reach > 0],
      ]
    return [groupsOf('groups' in d ? d.groups : 1)]
  },
  conv: convolution,
  fusedConv: convolution,
  convTranspose: ({ inputs, attributes: { groups, dilations, outputPadding, ...rest } }) => [
    ...window(rest),
    [`dilations ${dilations}`, dilations.length === 2 && whole(1, ...dilations)],
    [
      `output padding ${outputPadding}`,
      outputPadding.length === 2 &&
        whole(0, ...outputPadding) &&
        outputPadding.every((n, i) => n < Math.max(rest.strides[i] ?? 0, dilations[i] ?? 0)),
    ],
    groupsOf(groups, inputs.weight),
  ],
  batchNorm: ({ attributes }) => [epsilon(attributes.epsilon)],
  activation: ({ attributes: { function: f } }) =>
    f.name === 'leakyRelu' ? [[`slope ${f.slope}`, Number.isFinite(f.slope)]] : [],
  add: () => [],
  multiply: () => [],
  concat: ({ inputs: { parts }, attributes: { axis } }) => [
    [`axis ${axis}`, parts.every(({ type }) => axisOf(axis, type))],
  ],
  split: ({ inputs: { input }, attributes: { axis, sizes } }) => [
    [`axis ${axis}`, axisOf(axis, input.type)],
    [`sizes ${sizes}`, sizes.length > 0 && whole(1, ...sizes)],
  ],
  resize: ({ attributes: { mode, alignCorners, times, over } }) => [
    [`times ${times} over ${over}`, whole(1, times, over)],
    ['corners aligned in a nearest resize', !alignCorners || mode === 'bilinear'],
  ],
  pool: ({ attributes: { kernel, ...rest } }) => [
    ...window(rest),
    [`kernel ${kernel}`, kernel.length === 2 && whole(1, ...kernel)],
    [
      `padding ${rest.padding} of kernel ${kernel}`,
      rest.padding.every((n, i) => n < (kernel[i % 2] as number)),
    ],
  ],
  globalPool: () => [],
  adaptivePool: ({ inputs: { like }, attributes: { size } }) => [
    [`size ${size}`, size === undefined || (size.length === 2 && whole(1, ...size))],
    ['a size, or what it is to be like', (size === undefined) === (like !== undefined)],
  ],
  matmul: () => [],
  layerNorm: ({ attributes }) => [epsilon(attributes.epsilon)],
  windows: ({ attributes: { size } }) => [[`size ${size}`, whole(1, size)]],
  fromWindows: ({ attributes: { size } }) => [[`size ${size}`, whole(1, size)]],
  depthToSpace: ({ attributes: { factor } }) => [[`factor ${factor}`, whole(1, factor)]],
  linear: () => [],
  reshape: ({ attributes: { sides } }) => [
    [
      `sides ${sides}`,
      sides.every((side) => typeof side === 'string' || whole(1, side)) &&
        sides.filter((side) => side === 'rest').length <= 1,
    ],
  ],
  identity: () => [],
  cast: () => [],
  quantize: ({ attributes: { axis } }) => [[`axis ${axis}`, whole(0, axis)]],
  dequantize: ({ attributes: { axis } }) => [[`axis ${axis}`, whole(0, axis)]],
  pad: ({ inputs: { input }, attributes: { axis, before, after } }) => [
    [`axis ${axis}`, axisOf(axis, input.type)],
    [`${before} before and ${after} after`, whole(0, before, after)],
  ],
  transpose: ({ attributes: { order } }) => [[`order ${order}`, whole(0, ...order)]],
  softmax: ({ inputs: { input }, attributes: { axis } }) => [
    [`axis ${axis}`, axisOf(axis, input.type)],
  ],
  argMax: ({ inputs: { input }, attributes: { axis } }) => [
    [`axis ${axis}`, axisOf(axis, input.type)],
  ],
  topK: ({ attributes: { most } }) => [[`most ${most}`, whole(1, most)]],
  gather: () => [],
  wholeDivide: ({ attributes: { by } }) => [[`by ${by}`, whole(1, by)]],
  anchors: ({ attributes: { stride, boxes } }) => [
    [`stride ${stride}`, whole(1, stride)],
    [`boxes ${boxes.join(' ')}`, boxes.length > 0 && boxes.every(isBox)],
  ],
  decodeBoxes: ({ attributes: { means, deviations } }) => [
    [`means ${means}`, means.length === 4 && means.every(Number.isFinite)],
    [`deviations ${deviations}`, deviations.length === 4 && deviations.every((d) => d > 0)],
  ],
  roiAlign: ({ inputs: { levels }, attributes: { strides, side, samples, finest } }) => [
    [`strides ${strides}`, strides.length === levels.length && whole(1, ...strides)],
    [`side ${side} of ${samples} samples`, whole(1, side, samples)],
    [`finest ${finest}`, finest > 0],
  ],
  nonMaxSuppression: ({ attributes: { overlap, least } }) => [
    [`overlap ${overlap}`, overlap >= 0 && overlap <= 1],
    [`least ${least}`, Number.isFinite(least)],
  ],
  foreign: ({ attributes: { operator, version, results } }) => [
    [`operator “${operator}”`, operator !== ''],
    [`version ${version}`, whole(0, version)],
    [`${results.length} results`, results.length > 0],
    [
      `results ${JSON.stringify(results)}`,
      results.every(({ shape }) =>
        shape.every((d) =>
          typeof d === 'number'
            ? whole(0, d)
            : whole(0, d.operand, d.axis) && whole(1, d.times, d.over),
        ),
      ),
    ],
  ],
  result: () => [],
}

function convolution({
  inputs,
  attributes: { groups, dilations, ...rest },
}: Convolution): readonly Check[] {
  return [
    ...window(rest),
    [`dilations ${dilations}`, dilations.length === 2 && whole(1, ...dilations)],
    groupsOf(groups, inputs.weight),
  ]
}

function isBox(box: Box): boolean {
  const [left, top, right, bottom] = box
  return box.length === 4 && left < right && top < bottom
}

function literal(shape: readonly number[], numbers: readonly number[]): readonly Check[] {
  return [
    [`shape ${shape}`, whole(1, ...shape)],
    [`${numbers.length} numbers for ${shape}`, numbers.length === elementCount(shape)],
    [`numbers ${numbers}`, numbers.every(Number.isFinite)],
  ]
}

function epsilon(value: number): Check {
  return [`epsilon ${value}`, Number.isFinite(value) && value > 0]
}

/** Groups share the first axis of a weight: the output channels, or a transposed convolution's input. */
function groupsOf(groups: number, weight?: Value): Check {
  const rows = weight?.type.shape[0]
  const divide = weight === undefined || (typeof rows === 'number' && rows % groups === 0)
  return [`groups ${groups}${weight ? ` of ${rows} channels` : ''}`, whole(1, groups) && divide]
}
