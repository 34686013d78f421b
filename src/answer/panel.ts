import { fillBox, filled } from '../picture/canvas.js'
import { inColours } from '../picture/colour.js'
import { black, type Colour, white } from '../picture/palette.js'
import type { Picture } from '../picture/picture.js'
import { drawText, letterHeight, textWidth } from '../picture/text.js'

/** A line of a panel: a swatch, or a bar of which a part from 0 to 1 is full. */
export interface Entry {
  readonly text: string
  readonly colour: Colour
  readonly part?: number | undefined
}

/** Past this a panel only says how many more there are. */
const mostEntries = 64
const gap = 4

/** As many swatches as a bar is long. */
const barLength = 8

/**
 * Under a picture, which keeps its own pixels, a white panel of entries: swatches side by side, as many as its width
 * holds, bars one below the other.
 */
export function withPanel(picture: Picture, entries: readonly Entry[]): Picture {
  const shown = entries.slice(0, mostEntries)
  const more = entries.length - shown.length
  const lines: readonly Entry[] =
    more > 0 ? [...shown, { text: `and ${more} more`, colour: white }] : shown
  const scale = Math.min(Math.max(Math.round(picture.width / 640), 1), 8)
  const swatch = letterHeight * scale
  const bars = shown.some(({ part }) => part !== undefined)
  const mark = bars ? barLength * swatch : swatch
  const cell = {
    width: Math.max(...lines.map(({ text }) => textWidth(text, scale)), 0) + mark + 3 * gap * scale,
    height: swatch + gap * scale,
  }
  const columns = bars ? 1 : Math.max(1, Math.floor(picture.width / cell.width))
  const rows = Math.ceil(lines.length / columns)
  const width = Math.max(picture.width, cell.width)
  const out = filled({ width, height: picture.height + rows * cell.height + gap * scale }, white)
  pasted(out, picture)
  for (const [i, { text, colour, part = 1 }] of lines.entries()) {
    const x = Math.floor(i / rows) * cell.width + gap * scale
    const y = picture.height + (i % rows) * cell.height + gap * scale
    fillBox(out, { x, y, width: Math.round(mark * part), height: swatch }, colour)
    drawText(out, text, [x + mark + gap * scale, y], scale, black)
  }
  return out
}

function pasted(onto: Picture, { width, height, data }: Picture): void {
  for (let y = 0; y < height; y++)
    onto.data.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * onto.width * 3)
}

/** A copy in colours, to be drawn on. */
export function canvasOf(picture: Picture): Picture {
  const { data, ...rest } = inColours(picture, 'rgb')
  return { ...rest, data: data.slice() }
}
