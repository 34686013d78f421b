import { prefixOf } from '../figures.js'
import { frame, pale, text } from './look.js'
import { element } from './svg.js'
import type { Scale } from './ticks.js'

/** An axis, and where its values are on the picture. */
export interface Axis extends Scale {
  readonly at: (value: number) => number
}

/** The two axes, with a line across the frame at each tick. */
export function grid(x: Axis, y: Axis): readonly string[] {
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
    element('line', { x1, y1, x2, y2, stroke, 'stroke-width': 1 })
  return [
    ...x.ticks.flatMap((tick) => [
      line(x.at(tick), frame.top, x.at(tick), frame.bottom, '#eceff2'),
      text(x.at(tick), frame.bottom + 20, tickText(tick, x.ticks), {
        'text-anchor': 'middle',
        fill: pale,
      }),
    ]),
    ...y.ticks.flatMap((tick) => [
      line(frame.left, y.at(tick), frame.right, y.at(tick), '#eceff2'),
      text(frame.left - 10, y.at(tick) + 4, tickText(tick, y.ticks), {
        'text-anchor': 'end',
        fill: pale,
      }),
    ]),
    line(frame.left, frame.bottom, frame.right, frame.bottom, '#9aa5b1'),
    line(frame.left, frame.top, frame.left, frame.bottom, '#9aa5b1'),
  ]
}

/** `20 G`, `0.75`: as many digits behind the point as its neighbours have. */
function tickText(tick: number, ticks: readonly number[]): string {
  const [unit, prefix] = prefixOf(Math.abs(tick), 4)
  if (unit === 1) return tick.toFixed(Math.max(...ticks.map(decimals)))
  return `${Number((tick / unit).toPrecision(6))} ${prefix}`
}

function decimals(value: number): number {
  return Math.abs(value) < 1000 ? (String(value).split('.')[1]?.length ?? 0) : 0
}
