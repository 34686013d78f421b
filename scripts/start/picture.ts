import type { LabelMap, Picture } from 'heddle'
import { depth } from './terminal.js'

/**
 * A picture in characters, `columns` wide: each stands for a piece of it twice as high as wide, shows the class that is
 * found there (by its character), and has the piece's colour behind it, where the terminal has colours.
 */
export function drawText(
  picture: Picture,
  map: LabelMap,
  characters: string,
  columns: number,
): string {
  const side = picture.width / columns
  const rows = Math.floor(picture.height / (2 * side))
  const lines = Array.from({ length: rows }, (_, row) => {
    const cells = Array.from({ length: columns }, (_, column) => {
      const pixels = pixelsOf(picture.width, side, row, column)
      const character = characters[classOf(map, pixels)] ?? '?'
      return depth > 1 ? onColour(colourOf(picture, pixels), character) : character
    })
    return depth > 1 ? `  ${cells.join('')}\x1b[39;49m` : `  ${cells.join('')}`.trimEnd()
  })
  return lines.join('\n')
}

/** Where the pixels of a character are, in rows of the picture's width. */
function pixelsOf(width: number, side: number, row: number, column: number): readonly number[] {
  const pixels: number[] = []
  for (let y = Math.floor(2 * row * side); y < 2 * (row + 1) * side; y++)
    for (let x = Math.floor(column * side); x < (column + 1) * side; x++) pixels.push(y * width + x)
  return pixels
}

/** The class that most of the pixels have, class 0 only where more than two thirds do. */
function classOf({ data }: LabelMap, pixels: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const at of pixels) counts.set(data[at] ?? 0, (counts.get(data[at] ?? 0) ?? 0) + 1)
  counts.delete(0)
  const [best = 0, count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? []
  return count >= pixels.length / 3 ? best : 0
}

type Colour = readonly [red: number, green: number, blue: number]

/** The mean of the pixels of a picture of three channels. */
function colourOf({ data }: Picture, pixels: readonly number[]): Colour {
  const mean = (channel: number): number =>
    pixels.reduce((sum, at) => sum + (data[3 * at + channel] ?? 0), 0) / pixels.length
  return [mean(0), mean(1), mean(2)]
}

/** A character, black or white, whichever is read more easily on the colour. */
function onColour(colour: Colour, character: string): string {
  const [r, g, b] = colour
  const ink: Colour = 0.3 * r + 0.59 * g + 0.11 * b > 110 ? [0, 0, 0] : [255, 255, 255]
  return `\x1b[38;${code(ink)};48;${code(colour)}m${character}`
}

/** A colour as terminals take it: in 24 bits, or from their cube of 6×6×6. */
function code(colour: Colour): string {
  if (depth >= 24) return `2;${colour.map(Math.round).join(';')}`
  const sixths = colour.map((part) => Math.round((part / 255) * 5))
  return `5;${sixths.reduce((sum, sixth) => 6 * sum + sixth, 0) + 16}`
}
