import { make } from '../compiler/make.js'
import type { Value } from '../compiler/node.js'
import { choosingAt } from './choosing.js'
import {
  describe,
  expectBoxes,
  expectCount,
  expectOptions,
  expectShare,
  expectTensor,
  expectVector,
  type OptionNames,
} from './expect.js'
import { Boxes, Tensor, type Vector } from './feature.js'
import { fail, functionOrigin } from './scope.js'

export interface DetectionsOptions {
  /** How many there are (100). */
  readonly most?: number
  /** The score that is to be exceeded (0.05). */
  readonly least?: number
  /** What part of their union two of a class may share (0.5). */
  readonly overlap?: number
  /** Which of the boxes count, 1 or 0, [count, 1] (all). */
  readonly real?: Tensor
}

const detectionsOptions: OptionNames<DetectionsOptions> = {
  most: true,
  least: true,
  overlap: true,
  real: true,
}

/** What was found, the most probable first. */
export interface Detections {
  /** [most, 4] */
  readonly boxes: Boxes
  /** [most]: probabilities; 0 where there are no more, whatever box and label stand there. */
  readonly scores: Tensor
  /** [most]: int64, from 0. */
  readonly labels: Tensor
}

/**
 * The best of all classes, without those that overlap a better one of their class. Probabilities are of the background,
 * and then of each class; boxes [count, 4] are the same for all, or [count, 1 + classes, 4] of each its own.
 */
export function detections(
  boxes: Boxes,
  probabilities: Vector,
  options: DetectionsOptions = {},
): Detections {
  const trace = expectBoxes(boxes, 'detections')
  expectVector(probabilities, 'detections')
  expectOptions(options, detectionsOptions, 'detections')
  const { most = 100, least = 0.05, overlap = 0.5, real } = options
  expectCount(most, 'the number of detections')
  expectShare(least, 'the score of a detection')
  expectShare(overlap, 'the overlap of detections')
  if (real) expectTensor(real, 'detections')
  const origin = functionOrigin('detections')
  const { best, rows, reshape, transpose, multiply, kept } = choosingAt(origin)
  const classes = probabilities.channels - 1
  if (classes < 1)
    fail(
      'width',
      `detections get ${describe(probabilities)}`,
      'Give two or more: of the background, and of each class.',
    )
  const foreground = (input: Value): Value => {
    const of = make('split', { input }, { axis: 1, sizes: [1, classes] }, origin)
    return make('result', { of }, { index: 1 }, origin)
  }
  const ofClasses = foreground(probabilities.value)
  const scores = real ? multiply(ofClasses, real.value) : ofClasses
  const own = boxes.value.type.shape.length === 3
  const candidates = own ? foreground(boxes.value) : boxes.value
  // Boxes of each class are as many sets as classes, of one class each; others are one set of all classes.
  const [sets, each] = own ? [classes, 1] : [1, classes]
  const inputs = {
    boxes: own ? transpose(candidates, 1, 0, 2) : reshape(candidates, 1, 'rest', 4),
    scores: reshape(transpose(scores, 1, 0), sets, each, 'rest'),
  }
  const isKept = transpose(reshape(kept(inputs, { overlap, least }), classes, 'rest'), 1, 0)
  const { values, places } = best(multiply(scores, isKept), most)
  const divided = (gives: 'quotient' | 'remainder'): Value =>
    make('wholeDivide', { input: places }, { by: classes, gives }, origin)
  return {
    boxes: new Boxes(rows(candidates, own ? places : divided('quotient')), trace),
    scores: new Tensor(values, trace),
    labels: new Tensor(divided('remainder'), trace),
  }
}
