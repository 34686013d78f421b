import type { OptionNames } from '../../dsl/expect.js'
import type { Boxes, Feature, Tensor, Vector } from '../../dsl/feature.js'
import type { DeltaOptions } from '../../dsl/layers.js'
import { decodeBoxes, detections, mean, proposals, roiAlign, softmax } from '../../dsl/layers.js'
import { scope } from '../../dsl/scope.js'
import type { PyramidLevels } from '../hrnet/v2p.js'
import { boxHead } from './box-head.js'
import { maskHead } from './mask-head.js'
import { rpnHead } from './rpn.js'

/** What a detector finds in a picture: N boxes, a hundred unless told, the most probable first. */
export type Found = {
  /** [N, 4]: left, top, right, bottom in pixels, from edge to edge. */
  boxes: Boxes
  /** [N]: probabilities; 0 where there are no more. */
  scores: Tensor
  /** [N]: classes from 0, int64. */
  labels: Tensor
}

/** What may be chosen of a detector. */
export interface RcnnOptions {
  /** Classes to tell apart, besides the background (80). */
  readonly classes?: number
  /** Boxes that are looked at closely (512). */
  readonly proposals?: number
  /** Boxes that come out (100). */
  readonly detections?: number
}

export const rcnnOptions: OptionNames<RcnnOptions> = {
  classes: true,
  proposals: true,
  detections: true,
}

/** What is chosen, and what is taken where nothing is. */
export function chosen({
  classes = 80,
  proposals = 512,
  detections = 100,
}: RcnnOptions): Required<RcnnOptions> {
  return { classes, proposals, detections }
}

/** Writes what follows the levels of a pyramid. */
type Rcnn<F extends Found = Found> = (
  levels: PyramidLevels,
  picture: Feature<3, 1>,
  options: RcnnOptions,
) => F

/** Of what the deltas of a first head stand for: mmdetection's target_stds. */
const deviations = [0.1, 0.1, 0.2, 0.2] as const

/**
 * Faster R-CNN on a feature pyramid (section 4.2; FPN, section 4.2): proposals of five levels, each looked at in the one
 * of the first four that suits its size, 7×7 positions.
 */
const faster: Rcnn = (levels, picture, options) => {
  const { classes, proposals: looked, detections: most } = chosen(options)
  const { boxes, real } = proposals(rpnHead(levels), picture, { most: looked })
  const [p2, p3, p4, p5] = levels
  const regions = roiAlign([p2, p3, p4, p5], boxes)
  const { scores, deltas } = scope('bbox_head', () => boxHead(regions, classes, 'each'))
  const decoded = decodeBoxes(boxes, deltas, picture, { deviations })
  return { ...detections(decoded, softmax(scores), { real, most }) }
}

/** Mask R-CNN (Table 7): Faster R-CNN, and of each detection its mask at 28×28, [N, 28, 28], as probabilities. */
const mask: Rcnn<Found & { masks: Tensor }> = (levels, picture, options) => {
  const found = faster(levels, picture, options)
  const [p2, p3, p4, p5] = levels
  const regions = roiAlign([p2, p3, p4, p5], found.boxes, { side: 14 })
  return { ...found, masks: maskHead(regions, chosen(options).classes, found.labels) }
}

/** Of what the deltas of each head of a cascade stand for. */
const narrowing: readonly NonNullable<DeltaOptions['deviations']>[] = [
  deviations,
  [0.05, 0.05, 0.1, 0.1],
  [0.033, 0.033, 0.067, 0.067],
]

/**
 * Cascade R-CNN (Table 8): three heads, each given the boxes of the one before, whose deltas are of all classes and ever
 * smaller; the scores are the mean of theirs. Parameters: `bbox_head.0` … `bbox_head.2`.
 */
const cascade: Rcnn = (levels, picture, options) => {
  const { classes, proposals: looked, detections: most } = chosen(options)
  const proposed = proposals(rpnHead(levels), picture, { most: looked })
  const [p2, p3, p4, p5] = levels
  let { boxes } = proposed
  const scores = narrowing.map((deviations, stage) => {
    const regions = roiAlign([p2, p3, p4, p5], boxes)
    const head = scope(`bbox_head.${stage}`, () => boxHead(regions, classes, 'all'))
    boxes = decodeBoxes(boxes, head.deltas, picture, { deviations })
    return head.scores
  }) as [Vector, ...Vector[]]
  return { ...detections(boxes, softmax(mean(...scores)), { real: proposed.real, most }) }
}

/** The detectors by name: Faster R-CNN, Mask R-CNN and Cascade R-CNN. */
export const detectors: {
  readonly faster: typeof faster
  readonly mask: typeof mask
  readonly cascade: typeof cascade
} = { faster, mask, cascade }

export type Detector = keyof typeof detectors
/** What a detector finds. */
export type FoundBy<D extends Detector> = ReturnType<(typeof detectors)[D]>
