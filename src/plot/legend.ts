import { colourOf, frame, text } from './look.js'
import { element } from './svg.js'

/** Which colour is which series, in rows; nothing where there is one series. */
export interface Legend {
  readonly elements: readonly string[]
  /** In pixels. */
  readonly height: number
}

export function legendOf(series: readonly string[], top: number): Legend {
  if (series.length < 2) return { elements: [], height: 0 }
  const width = 7 * Math.max(...series.map(({ length }) => length)) + 28
  const columns = Math.max(1, Math.floor((frame.right - frame.left) / width))
  const elements = series.flatMap((name, i) => {
    const x = frame.left + (i % columns) * width
    const y = top + Math.floor(i / columns) * row
    return [
      element('circle', { cx: x + 5, cy: y - 4, r: 4.5, fill: colourOf(i) }),
      text(x + 15, y, name),
    ]
  })
  return { elements, height: 8 + row * Math.ceil(series.length / columns) }
}

const row = 17
