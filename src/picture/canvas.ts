import type { Colour } from './palette.js'
import { blank, type Picture, type PictureSize } from './picture.js'
import type { Box } from './window.js'

/** A place in a picture, in pixels: (0, 0) is the middle of its first pixel. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** A picture of one colour, to be drawn on. */
export function filled(size: PictureSize, colour: Colour): Picture {
  const picture = blank(size, 3)
  fillBox(picture, { x: 0, y: 0, ...size }, colour)
  return picture
}

/** Covers one pixel with a colour by a part, from 0 (not at all) to 1. */
export function cover(
  { width, data }: Picture,
  x: number,
  y: number,
  colour: Colour,
  part: number,
): void {
  const at = (y * width + x) * 3
  for (let c = 0; c < 3; c++) {
    const under = data[at + c] as number
    data[at + c] = Math.round(under + ((colour[c] as number) - under) * part)
  }
}

/** Fills a rectangle, as far as it is in the picture. */
export function fillBox(picture: Picture, { x, y, width, height }: Box, colour: Colour): void {
  const [right, bottom] = [Math.min(x + width, picture.width), Math.min(y + height, picture.height)]
  for (let row = Math.max(y, 0); row < bottom; row++)
    for (let column = Math.max(x, 0); column < right; column++)
      cover(picture, column, row, colour, 1)
}

/** A line with round ends and smooth edges, as far as it is in the picture; from a place to itself it is a dot. */
export function stroke(
  picture: Picture,
  from: Place,
  to: Place,
  radius: number,
  colour: Colour,
): void {
  const reach = radius + 1
  const range = (a: number, b: number, most: number): readonly [number, number] => [
    Math.max(Math.floor(Math.min(a, b) - reach), 0),
    Math.min(Math.ceil(Math.max(a, b) + reach), most - 1),
  ]
  const [left, right] = range(from.x, to.x, picture.width)
  const [top, bottom] = range(from.y, to.y, picture.height)
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const squared = dx * dx + dy * dy
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const along = squared === 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / squared
      const nearest = Math.min(Math.max(along, 0), 1)
      const distance = Math.hypot(x - from.x - nearest * dx, y - from.y - nearest * dy)
      const part = Math.min(Math.max(radius + 0.5 - distance, 0), 1)
      if (part > 0) cover(picture, x, y, colour, part)
    }
}

/** The outline of a box, as far as it is in the picture. */
export function outline(
  picture: Picture,
  { x, y, width, height }: Box,
  radius: number,
  colour: Colour,
): void {
  const [right, bottom] = [x + width - 1, y + height - 1]
  const corners: readonly Place[] = [
    { x, y },
    { x: right, y },
    { x: right, y: bottom },
    { x, y: bottom },
  ]
  for (const [i, corner] of corners.entries())
    stroke(picture, corner, corners[(i + 1) % 4] as Place, radius, colour)
}
