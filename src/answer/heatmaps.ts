import type { PictureSize } from '../picture/picture.js'
import type { Box } from '../picture/window.js'
import type { TensorData } from '../runtime/tensor.js'
import type { FileAnswer } from './ends.js'
import { mapsOf, type Scores } from './numbers.js'
import { faceRegion, poseRegion } from './region.js'
import type { Point, Points } from './result.js'

/** One heatmap among those of an output. */
interface Heatmap {
  readonly scores: Scores
  /** Where it begins. */
  readonly start: number
  readonly width: number
  readonly height: number
}

/** A place on a heatmap's grid. */
interface Peak {
  readonly x: number
  readonly y: number
  readonly score: number
}

/**
 * Joints or landmarks out of heatmaps, as the authors' code of each finds them (`get_final_preds`, `decode_preds`):
 * the greatest number's place, moved a quarter of a pixel towards the greater of its neighbours in each direction
 * (section 4.3), then back into the picture. A heatmap without a number above 0 has its point at its left upper corner.
 * `input` is the size of what the network was given, `box` what was asked for.
 * @throws {InputError} where the output is no heatmaps.
 */
export function readHeatmaps(
  answer: FileAnswer,
  tensor: TensorData,
  { box, input }: { readonly box: Box; readonly input: PictureSize },
): Points {
  const { scores, count, height, width } = mapsOf(answer, tensor, 'points')
  const kind = answer.kind === 'landmarks' ? 'landmarks' : 'pose'
  const { regionOf, margin, nowhere, inPicture } = rules[kind]
  const region = regionOf(box, input)
  const points = Array.from({ length: count }, (_, index): Point => {
    const map = { scores, start: index * height * width, width, height }
    const peak = refined(map, highest(map, nowhere), margin)
    return {
      index,
      label: answer.labels?.[index],
      ...inPicture(peak, map, region),
      score: peak.score,
    }
  })
  return { kind, box, points }
}

/** In what the authors' two codes differ. */
interface Rule {
  readonly regionOf: (box: Box, input: PictureSize) => Box
  /** How far from the left and upper edge a place is refined. */
  readonly margin: 1 | 2
  /** Where a point is whose heatmap has no number above 0. */
  readonly nowhere: number
  readonly inPicture: (
    peak: Peak,
    map: Heatmap,
    region: Box,
  ) => { readonly x: number; readonly y: number }
}

const rules: Readonly<Record<Points['kind'], Rule>> = {
  pose: {
    regionOf: poseRegion,
    margin: 2,
    nowhere: 0,
    inPicture: (peak, map, { x, y, width }) => {
      const step = width / map.width
      return { x: x + peak.x * step, y: y + peak.y * step }
    },
  },
  landmarks: {
    regionOf: faceRegion,
    margin: 1,
    nowhere: -1,
    // From the middle of a heatmap's pixel, to whole pixels, cut and counted from 1.
    inPicture: (peak, map, { x, y, width, height }) => ({
      x: Math.trunc(x + (peak.x + 0.5) * (width / map.width)) + 1,
      y: Math.trunc(y + (peak.y + 0.5) * (height / map.height)) + 1,
    }),
  },
}

/** The first of the greatest numbers. */
function highest({ scores, start, width, height }: Heatmap, nowhere: number): Peak {
  let best = start
  for (let i = start; i < start + width * height; i++)
    if ((scores[i] as number) > (scores[best] as number)) best = i
  const score = scores[best] as number
  if (score <= 0) return { x: nowhere, y: nowhere, score }
  return { x: (best - start) % width, y: Math.floor((best - start) / width), score }
}

/** A quarter of a pixel towards the greater neighbour, where there is one at each side. */
function refined({ scores, start, width, height }: Heatmap, peak: Peak, margin: number): Peak {
  const { x, y, score } = peak
  if (x < margin || y < margin || x >= width - 1 || y >= height - 1) return peak
  const at = start + y * width + x
  const slope = (step: number): number =>
    Math.sign((scores[at + step] as number) - (scores[at - step] as number))
  return { x: x + slope(1) / 4, y: y + slope(width) / 4, score }
}
