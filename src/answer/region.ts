import { InputError } from '../errors.js'
import type { PictureSize } from '../picture/picture.js'
import type { Box } from '../picture/window.js'

/** How much of its surroundings a person or a face is shown with. */
const padding = 1.25

/** The whole of a picture. */
export function wholeOf({ width, height }: PictureSize): Box {
  return { x: 0, y: 0, width, height }
}

/**
 * The part of a picture that a network for poses looks at: the box, widened about its middle to the input's form,
 * then by 1.25 (`_box2cs` of the authors' code).
 */
export function poseRegion(box: Box, input: PictureSize): Box {
  const form = input.width / input.height
  const width = Math.max(box.width, box.height * form)
  return around(box, width * padding, (width / form) * padding)
}

/** The part that a network for faces looks at: a square as long as the box's longer side, widened by 1.25. */
export function faceRegion(box: Box): Box {
  const side = Math.max(box.width, box.height) * padding
  return around(box, side, side)
}

function around({ x, y, width, height }: Box, wide: number, high: number): Box {
  const [centreX, centreY] = [x + width / 2, y + height / 2]
  return { x: centreX - wide / 2, y: centreY - high / 2, width: wide, height: high }
}

/**
 * Refuses a box that has no pixel in common with the picture.
 * @throws {InputError}
 */
export function expectBox(box: Box, picture: PictureSize): void {
  const { x, y, width, height } = box
  const shown = `${x},${y},${width},${height}`
  if (![x, y, width, height].every(Number.isFinite) || width <= 0 || height <= 0)
    throw new InputError({
      problem: `a box of ${shown}`,
      remedy: 'It is x, y, width and height in pixels, the sides above 0.',
    })
  if (x >= picture.width || y >= picture.height || x + width <= 0 || y + height <= 0)
    throw new InputError({
      problem: `the box ${shown} lies outside of a picture of ${picture.width}x${picture.height}`,
      remedy: 'It is x, y, width and height in pixels, from the left upper corner.',
    })
}
