import type { Side } from '../compiler/specialise.js'
import { InputError } from '../errors.js'
import type { PictureSize } from '../picture/picture.js'
import type { AnswerKind } from './ends.js'

/** What a file takes: a side is a number, or any multiple of one. */
export interface Sides {
  readonly height: Side
  readonly width: Side
}

/** Pixels up to which a picture is run at its own size where nobody says otherwise: 2048 × 2048. */
const mostFree = 2 ** 22

/** What the authors' networks of each task are given. */
const usual: Readonly<Partial<Record<AnswerKind, PictureSize>>> = {
  pose: { width: 192, height: 256 },
  landmarks: { width: 256, height: 256 },
  classification: { width: 224, height: 224 },
}

interface Asked {
  readonly path: string
  readonly kind: AnswerKind
  readonly sides: Sides
  readonly picture: PictureSize
  readonly asked: PictureSize | undefined
}

/**
 * The size of the input. Where the file leaves it open: what is asked for; else for segmentation the picture's own, to
 * the nearest multiple that the file takes, and for the other tasks the authors' own size.
 * @throws {InputError} where the file does not take what is asked for, or the picture is too large to be run as it is.
 */
export function sizeFor({ path, kind, sides, picture, asked }: Asked): PictureSize {
  const wanted = asked ?? usual[kind] ?? picture
  const size = {
    width: sideFor(sides.width, wanted.width),
    height: sideFor(sides.height, wanted.height),
  }
  if (asked && (size.width !== asked.width || size.height !== asked.height))
    throw new InputError({
      problem: `${path} does not take an input of ${asked.height}x${asked.width} (height x width)`,
      remedy: `It takes ${printed(sides.height)} x ${printed(sides.width)}; the nearest is ${size.height}x${size.width}.`,
    })
  const free = typeof sides.width !== 'number' || typeof sides.height !== 'number'
  const pixels = size.width * size.height
  if (free && !asked && pixels > mostFree)
    throw new InputError({
      problem: `${path} takes any size, and a picture of ${picture.width}x${picture.height} would be run at ${pixels.toLocaleString('en')} pixels; up to ${mostFree.toLocaleString('en')} are run unasked`,
      remedy: 'Say at which size it is to be run, as height x width: --input 1024x2048.',
    })
  return size
}

function sideFor(side: Side, wanted: number): number {
  if (typeof side === 'number') return side
  return Math.max(1, Math.round(wanted / side.multiple)) * side.multiple
}

function printed(side: Side): string {
  if (typeof side === 'number') return String(side)
  return side.multiple === 1 ? 'any' : `any multiple of ${side.multiple}`
}
