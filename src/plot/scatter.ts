import { type Axis, grid } from './grid.js'
import { letters, placeLabels } from './labels.js'
import { legendOf } from './legend.js'
import { colourOf, frame, ink, pale, text } from './look.js'
import { element, escaped } from './svg.js'
import { scaleOf } from './ticks.js'

/** A thing at its place, in the colour of its series. */
export interface Mark {
  readonly x: number
  readonly y: number
  readonly series: string
  readonly label: string
  /** Whether it stands out, with its label. */
  readonly marked: boolean
}

export interface Scatter {
  readonly title: string
  readonly subtitle: string
  /** What the axes tell. */
  readonly x: string
  readonly y: string
  readonly marks: readonly Mark[]
  /** Steps from marked point to marked point, where those bound the others: which way they leave each. */
  readonly steps?: 'across' | 'up'
}

/** Points on two axes, as an SVG picture; an axis is logarithmic where they lie a decade or more apart. */
export function scatter(plot: Scatter): string {
  const [x, y] = [
    axisOf(
      plot.marks.map((mark) => mark.x),
      frame.left,
      frame.right,
    ),
    axisOf(
      plot.marks.map((mark) => mark.y),
      frame.bottom,
      frame.top,
    ),
  ]
  const marks = plot.marks.map((mark) => ({ ...mark, x: x.at(mark.x), y: y.at(mark.y) }))
  const series = [...new Set(plot.marks.map((mark) => mark.series))]
  const legend = legendOf(series, 77)
  const [width, height] = [900, 600 + legend.height]
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      'font-family': "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif",
      'font-size': 12,
      fill: ink,
    },
    element('title', {}, escaped(plot.title)),
    element('rect', { width, height, fill: '#ffffff' }),
    text(frame.left, 32, plot.title, { 'font-size': 17, 'font-weight': 600 }),
    text(frame.left, 53, plot.subtitle, { fill: pale }),
    ...legend.elements,
    element(
      'g',
      { transform: `translate(0 ${legend.height})` },
      ...grid(x, y),
      ...axisTitles(plot),
      ...drawn(marks, series, plot.steps),
    ),
  )}\n`
}

function axisOf(values: readonly number[], from: number, to: number): Axis {
  const scale = scaleOf(values)
  return { ...scale, at: (value) => from + scale.place(value) * (to - from) }
}

function axisTitles({ x, y }: Scatter): readonly string[] {
  const look = { 'text-anchor': 'middle', 'font-weight': 600 }
  const middle = (frame.top + frame.bottom) / 2
  return [
    text((frame.left + frame.right) / 2, 582, x, look),
    text(0, 0, y, { ...look, transform: `translate(24 ${middle}) rotate(-90)` }),
  ]
}

/** What stands out is drawn last, and its labels above all. */
function drawn(
  marks: readonly Mark[],
  series: readonly string[],
  leaving: Scatter['steps'],
): readonly string[] {
  const marked = marks.filter((mark) => mark.marked)
  const labels = ends(marked).map(({ x, y, label }) => ({ x, y, text: label }))
  return [
    ...(leaving ? [steps(marked, leaving)] : []),
    ...[...marks.filter((mark) => !mark.marked), ...marked].map((mark) =>
      dot(mark, colourOf(series.indexOf(mark.series))),
    ),
    ...placeLabels(labels, marks, frame).map(({ x, y, text: words, anchor }) =>
      text(x, y, words, {
        'text-anchor': anchor,
        'font-size': letters.size,
        stroke: '#ffffff',
        'stroke-width': 3,
        'paint-order': 'stroke',
      }),
    ),
  ]
}

function dot({ x, y, label, marked }: Mark, fill: string): string {
  const look = marked ? { r: 5, stroke: ink, 'stroke-width': 1.4 } : { r: 3.4, 'fill-opacity': 0.5 }
  return element('circle', { cx: x, cy: y, fill, ...look }, element('title', {}, escaped(label)))
}

/** What lies beyond the corner of two neighbours is beaten by one of them. */
function steps(marked: readonly Mark[], leaving: 'across' | 'up'): string {
  const [first, ...rest] = marked.toSorted((a, b) => a.x - b.x || b.y - a.y)
  if (!first) return ''
  const path = rest.map(({ x, y }) => {
    const [across, up] = [`H${x.toFixed(1)}`, `V${y.toFixed(1)}`]
    return leaving === 'across' ? across + up : up + across
  })
  return element('path', {
    d: `M${first.x.toFixed(1)} ${first.y.toFixed(1)}${path.join('')}`,
    fill: 'none',
    stroke: pale,
    'stroke-width': 1.2,
    'stroke-dasharray': '4 3',
  })
}

/** The ends of a row first: those are looked for. */
function ends<T>(all: readonly T[]): readonly T[] {
  const last = all.at(-1)
  return last === undefined || all.length < 2
    ? all
    : [...all.slice(0, 1), last, ...all.slice(1, -1)]
}
