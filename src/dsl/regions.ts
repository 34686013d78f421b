import { make } from '../compiler/make.js'
import { expectConsecutive } from './branches.js'
import {
  describe,
  expectBoxes,
  expectCount,
  expectFeature,
  expectOptions,
  expectTensor,
  type OptionNames,
} from './expect.js'
import { type Boxes, type Branches, type Consecutive, Feature, Tensor, Vector } from './feature.js'
import { fail, functionOrigin } from './scope.js'

export interface RoiAlignOptions {
  /** How many positions a region has on each side (7). */
  readonly side?: number
  /** How many samples the mean at a position is of, on each side (2). */
  readonly samples?: number
  /** Boxes of twice this side, in pixels, are of the second level; of four times, of the third (56). */
  readonly finest?: number
}

const roiAlignOptions: OptionNames<RoiAlignOptions> = {
  side: true,
  samples: true,
  finest: true,
}

/**
 * What boxes show, cut out of the level that suits their size (Mask R-CNN, section 3; FPN, eq. 1): `side` × `side` positions
 * of each, as many as a batch as there are boxes.
 */
export function roiAlign<const B extends Branches, C extends number>(
  levels: B & Consecutive<B> & readonly Feature<C>[],
  boxes: Boxes,
  options: RoiAlignOptions = {},
): Feature<C, 0> {
  const all: readonly Feature<C>[] = levels
  expectConsecutive(all)
  const trace = expectBoxes(boxes, 'roiAlign')
  expectOptions(options, roiAlignOptions, 'roiAlign')
  const { side = 7, samples = 2, finest = 56 } = options
  expectCount(side, 'the side of a region')
  expectCount(samples, 'the number of samples')
  expectCount(finest, 'the side from which on a box is of the next level')
  const value = make(
    'roiAlign',
    { levels: all.map((level) => level.value), boxes: boxes.value },
    { strides: all.map((level) => level.stride), side, samples, finest },
    functionOrigin('roiAlign'),
  )
  return new Feature(value, (all[0] as Feature<C>).channels, 0, trace)
}

/** All numbers of a feature as one vector: of regions, whose sides do not follow the input. */
export function flatten(x: Feature): Vector {
  const trace = expectFeature(x, 'flatten')
  const [, , height, width] = x.value.type.shape
  if (typeof height !== 'number' || typeof width !== 'number')
    return fail(
      'side-open',
      `flatten gets ${describe(x)}, whose sides follow the input`,
      'Pool it to a vector: globalPool(x).',
    )
  const channels = x.channels * height * width
  const origin = functionOrigin('flatten')
  const value = make('reshape', { input: x.value }, { sides: ['same', channels] }, origin)
  return new Vector(value, channels, trace)
}

/** Of each region the channel that its label names: [count, height, width]. */
export function ofLabels(x: Feature, labels: Tensor): Tensor {
  const trace = expectFeature(x, 'ofLabels')
  expectTensor(labels, 'ofLabels')
  const inputs = { input: x.value, places: labels.value }
  return new Tensor(make('gather', inputs, { each: true }, functionOrigin('ofLabels')), trace)
}
