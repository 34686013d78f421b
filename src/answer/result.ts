import type { PictureSize } from '../picture/picture.js'
import type { Box } from '../picture/window.js'

/** A class of each pixel of a picture, in rows from the top. */
export interface LabelMap extends PictureSize {
  /** height × width, each the index of a class. */
  readonly data: Uint32Array
}

/** A class that has pixels in a picture. */
export interface ClassShare {
  /** From 0, as the network counts. */
  readonly index: number
  readonly label?: string | undefined
  readonly pixels: number
  /** Of all pixels, from 0 to 1. */
  readonly share: number
}

export interface Segmentation {
  readonly kind: 'segmentation'
  /** At the picture's own size. */
  readonly map: LabelMap
  /** The classes that occur, the largest first. */
  readonly classes: readonly ClassShare[]
}

/** A joint or a landmark. */
export interface Point {
  readonly index: number
  readonly label?: string | undefined
  /** In pixels of the picture, whose first pixel is around (0, 0); it may lie outside. */
  readonly x: number
  readonly y: number
  /** The heatmap's greatest value: about 1 where it is sure; 0 or less is nowhere. */
  readonly score: number
}

export interface Points {
  readonly kind: 'pose' | 'landmarks'
  /** The person or the face that was looked at. */
  readonly box: Box
  readonly points: readonly Point[]
}

/** A class that a picture may show. */
export interface ClassGuess {
  readonly index: number
  readonly label?: string | undefined
  /** From 0 to 1; left out where the network gives the best class alone. */
  readonly probability?: number | undefined
}

export interface Classification {
  readonly kind: 'classification'
  /** The most probable first. */
  readonly classes: readonly ClassGuess[]
}

/** What a network tells of a picture. */
export type PictureAnswer = Segmentation | Points | Classification
