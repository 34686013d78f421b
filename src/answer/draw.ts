import { InputError } from '../errors.js'
import { cover, outline, stroke } from '../picture/canvas.js'
import { colourOf, white } from '../picture/palette.js'
import { expectPicture, type Picture } from '../picture/picture.js'
import { cocoBones, cocoJoints } from './coco.js'
import { canvasOf, withPanel } from './panel.js'
import type { Classification, PictureAnswer, Point, Points, Segmentation } from './result.js'

export interface DrawOptions {
  /** How much of a picture the colours of its classes cover, from 0 to 1 (0.5). */
  readonly opacity?: number | undefined
}

/**
 * An answer drawn on its picture, which keeps its size and place: the classes that it lists as colours over their
 * pixels, but for one that is labelled background; joints as dots, COCO's joined by lines, and landmarks as dots. What
 * is said of classes stands in a panel below.
 * @throws {InputError} where the picture is none, or not the one that was answered.
 */
export function drawAnswer(
  picture: Picture,
  answer: PictureAnswer,
  { opacity = 0.5 }: DrawOptions = {},
): Picture {
  expectPicture(picture)
  if (!(opacity >= 0 && opacity <= 1))
    throw new InputError({
      problem: `an opacity of ${opacity}`,
      remedy: 'It is a number from 0 (the picture alone) to 1 (the colours alone).',
    })
  const canvas = canvasOf(picture)
  switch (answer.kind) {
    case 'segmentation':
      return drawClasses(canvas, answer, opacity)
    case 'classification':
      return drawGuesses(canvas, answer)
    default:
      drawPoints(canvas, answer)
      return canvas
  }
}

function drawClasses(canvas: Picture, { map, classes }: Segmentation, opacity: number): Picture {
  const { width, height } = canvas
  if (map.width !== width || map.height !== height)
    throw new InputError({
      problem: `classes of ${map.width}x${map.height} pixels for a picture of ${width}x${height}`,
      remedy: 'Draw them on the picture that was answered.',
    })
  const colours = new Map(
    classes.map(({ index, label }) => [index, isGround(label) ? undefined : colourOf(index)]),
  )
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const colour = colours.get(map.data[i] as number)
      if (colour) cover(canvas, x, y, colour, opacity)
    }
  return withPanel(
    canvas,
    classes.map(({ index, label, share }) => ({
      text: `${label ?? index} ${percent(share)}`,
      colour: colours.get(index) ?? white,
    })),
  )
}

/** What is behind the things that a network finds is shown as it is. */
function isGround(label: string | undefined): boolean {
  return label?.trim().toLowerCase() === 'background'
}

function drawGuesses(canvas: Picture, { classes }: Classification): Picture {
  return withPanel(
    canvas,
    classes.map(({ index, label, probability }) => ({
      text: [
        label ?? `class ${index}`,
        ...(probability === undefined ? [] : [percent(probability)]),
      ].join(' '),
      colour: colourOf(0),
      part: probability,
    })),
  )
}

/** Left limbs, right limbs, and what is in the middle, each in a colour of its own. */
const [left, right, middle] = [colourOf(0), colourOf(1), colourOf(2)]

function drawPoints(canvas: Picture, { kind, box, points }: Points): void {
  const extent = Math.max(Math.min(box.width, box.height), 1)
  const line = Math.min(Math.max(extent / 160, 0.75), 12)
  const whole = box.x === 0 && box.y === 0 && box.width === canvas.width
  if (!(whole && box.height === canvas.height)) outline(canvas, box, line / 2, white)
  const found = (index: number): Point | undefined =>
    points[index] && points[index].score > 0 ? points[index] : undefined
  if (kind === 'pose' && isCoco(points))
    for (const [from, to] of cocoBones) {
      const [a, b] = [found(from), found(to)]
      if (a && b) stroke(canvas, a, b, line, sideOf(a, b))
    }
  for (const [i, point] of points.entries()) {
    if (!found(i)) continue
    stroke(canvas, point, point, line * 2.2, white)
    stroke(canvas, point, point, line * 1.7, kind === 'pose' ? sideOf(point, point) : right)
  }
}

function sideOf(...joints: readonly Point[]): typeof left {
  const all = (side: string): boolean => joints.every(({ label }) => label?.startsWith(side))
  return all('left') ? left : all('right') ? right : middle
}

function isCoco(points: readonly Point[]): boolean {
  return (
    points.length === cocoJoints.length &&
    points.every(({ label }, i) => label?.replaceAll('_', ' ') === cocoJoints[i])
  )
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`
}
