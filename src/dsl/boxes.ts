import { make } from '../compiler/make.js'
import type { Box, Quad } from '../compiler/node.js'
import {
  describe,
  expectBoxes,
  expectFeature,
  expectList,
  expectOptions,
  expectVector,
  type OptionNames,
  print,
} from './expect.js'
import { Boxes, type Feature, type Vector } from './feature.js'
import { fail, functionOrigin } from './scope.js'

export interface AnchorOptions {
  /** Side of the square one, in strides (8). */
  readonly scale?: number
  /** Height by width of each; all have the area of the square (1/2, 1, 2). */
  readonly ratios?: readonly number[]
}

const anchorOptions: OptionNames<AnchorOptions> = { scale: true, ratios: true }

/**
 * Boxes of several shapes at every position of a feature (Faster R-CNN, section 3.1.1), to whole pixels, about the centre of
 * the position's first pixel block, as mmdetection has them: row by row, and of each position one shape after the other.
 */
export function anchors(x: Feature, options: AnchorOptions = {}): Boxes {
  const trace = expectFeature(x, 'anchors')
  expectOptions(options, anchorOptions, 'anchors')
  const { scale = 8, ratios = [1 / 2, 1, 2] } = options
  expectList(ratios, 'the ratios of anchors')
  if (ratios.length === 0)
    fail('anchor', 'anchors of no ratios', 'Give at least one: 1 is a square.')
  for (const number of [scale, ...ratios])
    if (!(Number.isFinite(number) && number > 0))
      fail('anchor', `an anchor has a scale or a ratio of ${number}`, 'Give numbers above 0.')
  const { stride } = x
  if (stride === 0)
    fail(
      'anchor',
      `anchors on ${describe(x)}`,
      'Give a feature that follows the input: its stride tells how far apart they are.',
    )
  const boxes = ratios.map((ratio): Box => {
    const [width, height] = [(stride * scale) / Math.sqrt(ratio), stride * scale * Math.sqrt(ratio)]
    const centre = (stride - 1) / 2
    const low = (side: number): number => Math.round(centre - (side - 1) / 2)
    // The last pixel is within.
    const high = (side: number): number => Math.round(centre + (side - 1) / 2) + 1
    return [low(width), low(height), high(width), high(height)]
  })
  return new Boxes(
    make('anchors', { like: x.value }, { stride, boxes }, functionOrigin('anchors')),
    trace,
  )
}

/** What a delta's numbers stand for: number·deviation + mean. */
export interface DeltaOptions {
  /** Of dx, dy, dw, dh (0). */
  readonly means?: Quad
  /** Of dx, dy, dw, dh (1). */
  readonly deviations?: Quad
}

const deltaOptions: OptionNames<DeltaOptions> = { means: true, deviations: true }

/**
 * Boxes moved and resized by deltas, and cut at the picture's edges (Faster R-CNN, eq. 2): the centre moves by (dx·width,
 * dy·height), and the sides grow by e^dw and e^dh. Deltas are four for each box, or four for each class of each.
 */
export function decodeBoxes(
  boxes: Boxes,
  deltas: Vector,
  picture: Feature,
  options: DeltaOptions = {},
): Boxes {
  const trace = expectBoxes(boxes, 'decodeBoxes')
  expectVector(deltas, 'the deltas of decodeBoxes')
  expectFeature(picture, 'the picture of decodeBoxes')
  const attributes = expectDeltas(options)
  if (deltas.channels % 4 !== 0)
    fail(
      'deltas',
      `boxes are decoded by ${describe(deltas)}`,
      'Give four for each, or for each class of each.',
    )
  const origin = functionOrigin('decodeBoxes')
  const input = deltas.value
  const each =
    deltas.channels === 4
      ? input
      : make('reshape', { input }, { sides: ['same', deltas.channels / 4, 4] }, origin)
  const inputs = { boxes: boxes.value, deltas: each, picture: picture.value }
  return new Boxes(make('decodeBoxes', inputs, attributes, origin), trace)
}

/** What deltas stand for, as it is asked for. */
export function expectDeltas(options: DeltaOptions): Required<DeltaOptions> {
  expectOptions(options, deltaOptions, 'deltas')
  const { means = [0, 0, 0, 0], deviations = [1, 1, 1, 1] } = options
  for (const [what, numbers, least] of [
    ['means', means, Number.NEGATIVE_INFINITY],
    ['deviations', deviations, 0],
  ] as const)
    if (!isFour(numbers, (n) => Number.isFinite(n) && n > least))
      fail(
        'four-numbers',
        `the ${what} of deltas are ${[numbers].flat().map(print).join(', ')}`,
        `Give four ${least === 0 ? 'above 0' : 'numbers'}: of dx, dy, dw, dh.`,
      )
  return { means, deviations }
}

function isFour(numbers: unknown, fits: (number: number) => boolean): boolean {
  return Array.isArray(numbers) && numbers.length === 4 && numbers.every(fits)
}
