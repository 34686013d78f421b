import { make } from '../compiler/make.js'
import { type AnchorOptions, anchors, type DeltaOptions, expectDeltas } from './boxes.js'
import { choosingAt } from './choosing.js'
import {
  expectCount,
  expectFeature,
  expectList,
  expectOptions,
  expectShare,
  type OptionNames,
} from './expect.js'
import { Boxes, type Feature, Tensor } from './feature.js'
import { fail, functionOrigin } from './scope.js'

/** What a region proposal network says of one level: of each anchor a score before its sigmoid, and four deltas. */
export interface Proposing {
  /** A channel for each anchor. */
  readonly objectness: Feature
  /** Four channels for each anchor. */
  readonly deltas: Feature
}

export interface ProposalOptions extends DeltaOptions {
  /** How many are taken of all levels (512, as the paper counts). */
  readonly most?: number
  /** How many of each level are looked at (2000). */
  readonly each?: number
  /** What part of their union two of a level may share (0.7). */
  readonly overlap?: number
  /** The shapes of anchors. */
  readonly anchors?: AnchorOptions
}

const proposalOptions: OptionNames<ProposalOptions> = {
  most: true,
  each: true,
  overlap: true,
  anchors: true,
  means: true,
  deviations: true,
}

/** Boxes that may hold something. */
export interface Proposals {
  /** [count, 4], the best first. */
  readonly boxes: Boxes
  /** [count, 1]: 1, or 0 where there were no more and a box that is suppressed fills up. */
  readonly real: Tensor
}

/**
 * The best boxes of all levels (Faster R-CNN, section 3.1; FPN, section 4.1): of each level the best anchors, moved by
 * their deltas, without those that overlap a better one.
 */
export function proposals(
  levels: readonly Proposing[],
  picture: Feature,
  options: ProposalOptions = {},
): Proposals {
  expectList(levels, 'the levels of proposals')
  const trace = expectFeature(picture, 'the picture of proposals')
  expectOptions(options, proposalOptions, 'proposals')
  const { most = 512, each = 2000, overlap = 0.7, anchors: shapes, means, deviations } = options
  expectCount(most, 'the number of proposals')
  expectCount(each, 'the number of proposals of a level')
  expectShare(overlap, 'the overlap of proposals')
  const attributes = expectDeltas({ ...(means && { means }), ...(deviations && { deviations }) })
  const origin = functionOrigin('proposals')
  const { best, rows, reshape, transpose, sigmoid, multiply, joined, kept } = choosingAt(origin)
  const found = levels.map((level) => {
    const count = expectProposing(level)
    const scores = sigmoid(transpose(level.objectness.value, 0, 2, 3, 1))
    const { values, places } = best(scores, each)
    const deltas = transpose(level.deltas.value, 0, 2, 3, 1)
    const inputs = {
      boxes: rows(anchors(level.objectness, shapes).value, places),
      deltas: rows(reshape(deltas, 'same', 'same', 'same', count, 4), places),
      picture: picture.value,
    }
    const boxes = make('decodeBoxes', inputs, attributes, origin)
    const lines = { boxes: reshape(boxes, 1, 'rest', 4), scores: reshape(values, 1, 1, 'rest') }
    const real = reshape(kept(lines, { overlap, least: 0 }), 'rest')
    return { boxes, real, scores: multiply(values, real) }
  })
  const { places } = best(joined(found.map(({ scores }) => scores)), most)
  const real = joined(found.map(({ real }) => reshape(real, 'rest', 1)))
  return {
    boxes: new Boxes(rows(joined(found.map(({ boxes }) => boxes)), places), trace),
    real: new Tensor(rows(real, places), trace),
  }
}

/** How many anchors a level has at each position. */
function expectProposing({ objectness, deltas }: Proposing): number {
  expectFeature(objectness, 'proposals')
  expectFeature(deltas, 'proposals')
  const count = objectness.channels
  if (deltas.channels !== 4 * count)
    fail(
      'deltas',
      `proposals of ${count} anchors get deltas of ${deltas.channels} channels`,
      `Give four for each: ${4 * count}.`,
    )
  return count
}
