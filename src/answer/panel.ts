import { fillBox, filled } from '../picture/canvas.js'
import { black, type Colour, white } from '../picture/palette.js'
import { blank, type Picture } from '../picture/picture.js'
import { drawText, letterHeight, textWidth } from '../picture/text.js'

/** A line of a panel; `part` is how much of its bar is full. */
export interface Entry {
  readonly text: string
  readonly colour: Colour
  readonly part?: number
}

/** Past this a panel only says how many more there are. */
const mostEntries = 64
const gap = 4

/** Under a picture, which keeps its own pixels, a white panel of entries: side by side, as many as its width holds. */
export function withPanel(picture: Picture, entries: readonly Entry[]): Picture {
  const shown = entries.slice(0, mostEntries)
  const more = entries.length - shown.length
  const lines = more > 0 ? [...shown, { text: `and ${more} more`, colour: white }] : shown
  const scale = Math.min(Math.max(Math.round(picture.width / 640), 1), 8)
  const swatch = letterHeight * scale
  const cell = {
    width:
      Math.max(...lines.map(({ text }) => textWidth(text, scale)), 0) + swatch + 3 * gap * scale,
    height: swatch + gap * scale,
  }
  const columns = Math.max(1, Math.floor(picture.width / cell.width))
  const rows = Math.ceil(lines.length / columns)
  const width = Math.max(picture.width, cell.width)
  const out = filled({ width, height: picture.height + rows * cell.height + gap * scale }, white)
  pasted(out, picture)
  for (const [i, { text, colour, part = 1 }] of lines.entries()) {
    const x = Math.floor(i / rows) * cell.width + gap * scale
    const y = picture.height + (i % rows) * cell.height + gap * scale
    const full = Math.round(swatch * part)
    fillBox(out, { x, y: y + swatch - full, width: swatch, height: full }, colour)
    drawText(out, text, [x + swatch + gap * scale, y], scale, black)
  }
  return out
}

function pasted(onto: Picture, { width, height, data }: Picture): void {
  for (let y = 0; y < height; y++)
    onto.data.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * onto.width * 3)
}

/** A copy in colours, to be drawn on. */
export function canvasOf(picture: Picture): Picture {
  const copy = blank(picture, 3)
  const { channels, data } = picture
  for (let i = 0; i < copy.data.length; i++)
    copy.data[i] = (channels === 3 ? data[i] : data[Math.floor(i / 3)]) as number
  return copy
}
