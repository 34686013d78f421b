import { element, escaped } from './svg.js'

/** In pixels: where the axes stand. */
export const frame = { left: 84, right: 872, top: 76, bottom: 536 } as const

export const ink = '#1f2933'
export const pale = '#7b8794'

/** Colours that people who see fewer of them tell apart too (Okabe and Ito). */
const colours = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#5b4b8a',
  '#7f7f7f',
]

/** The colour of a series, by its number. */
export function colourOf(series: number): string {
  return colours[series % colours.length] as string
}

/** Words at a place. */
export function text(
  x: number,
  y: number,
  words: string,
  more: Readonly<Record<string, string | number>> = {},
): string {
  return element('text', { x, y, ...more }, escaped(words))
}
