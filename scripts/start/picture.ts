import { depth } from './terminal.js'

/** Pixels of a picture, [height, width, 3]. */
interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Pictures side by side, `columns` wide each: two pixels in a character, one above the other. For colours only. */
export function drawPixels(pictures: readonly Pixels[], columns: number): string {
  const drawn = pictures.map((picture) => rowsOf(picture, columns))
  return (drawn[0] ?? []).map((_, y) => `  ${drawn.map((rows) => rows[y]).join('  ')}`).join('\n')
}

function rowsOf(picture: Pixels, columns: number): string[] {
  const side = picture.width / columns
  const rows = Math.floor(picture.height / side / 2)
  const at = (x: number, y: number): string => colour(mean(picture, x * side, y * side, side))
  return Array.from({ length: rows }, (_, row) => {
    const cells = Array.from(
      { length: columns },
      (_, x) => `\x1b[38;${at(x, 2 * row)};48;${at(x, 2 * row + 1)}m▀`,
    )
    return `${cells.join('')}\x1b[39;49m`
  })
}

type Colour = readonly [number, number, number]

/** Of a square of a picture. */
function mean({ width, data }: Pixels, left: number, top: number, side: number): Colour {
  const sum: [number, number, number] = [0, 0, 0]
  let pixels = 0
  for (let y = Math.floor(top); y < top + side; y++)
    for (let x = Math.floor(left); x < left + side; x++, pixels++)
      for (const c of [0, 1, 2] as const) sum[c] += data[(y * width + x) * 3 + c] ?? 0
  return [sum[0] / pixels, sum[1] / pixels, sum[2] / pixels]
}

/** As terminals take it: in 24 bits, or from their cube of 6×6×6 colours. */
function colour(rgb: Colour): string {
  if (depth >= 24) return `2;${rgb.map(Math.round).join(';')}`
  const [r, g, b] = rgb.map((x) => Math.round((x / 255) * 5)) as [number, number, number]
  return `5;${16 + 36 * r + 6 * g + b}`
}

interface Labels {
  readonly width: number
  readonly height: number
  readonly data: ArrayLike<number>
}

/** A map of classes as text, `columns` wide: each class by its character, where it has a third of what is there. */
export function drawLabels(map: Labels, characters: string, columns: number): string {
  const side = map.width / columns
  const rows = Math.floor(map.height / side / 2)
  const line = (row: number): string =>
    Array.from({ length: columns }, (_, x) => {
      const cell = { left: x * side, top: 2 * row * side, wide: side, high: 2 * side }
      return characters[mostOf(map, cell)]
    }).join('')
  return Array.from({ length: rows }, (_, row) => `  ${line(row)}`.trimEnd()).join('\n')
}

interface Cell {
  readonly left: number
  readonly top: number
  readonly wide: number
  readonly high: number
}

/** The class that has most of a cell's pixels, class 0 left out unless all others have less than a third. */
function mostOf({ width, data }: Labels, { left, top, wide, high }: Cell): number {
  const pixels = new Map<number, number>()
  let all = 0
  for (let y = Math.floor(top); y < top + high; y++)
    for (let x = Math.floor(left); x < left + wide; x++, all++) {
      const label = data[y * width + x] ?? 0
      if (label > 0) pixels.set(label, (pixels.get(label) ?? 0) + 1)
    }
  const [best, count] = [...pixels].sort(([, a], [, b]) => b - a)[0] ?? [0, 0]
  return count >= all / 3 ? best : 0
}
