import { fillBox } from './canvas.js'
import { glyphs } from './font.js'
import type { Colour } from './palette.js'
import type { Picture } from './picture.js'

/** Of a letter in pixels at scale 1, and of a letter with the gap behind it. */
export const letterHeight = 7
const [letterWidth, advance] = [5, 6]

/** How wide a text is drawn, in pixels. */
export function textWidth(text: string, scale: number): number {
  return lettersOf(text).length * advance * scale
}

/** Draws a text from its left upper corner on; a pixel of a letter is a square of `scale` pixels. */
export function drawText(
  picture: Picture,
  text: string,
  [left, top]: readonly [x: number, y: number],
  scale: number,
  colour: Colour,
): void {
  for (const [i, letter] of lettersOf(text).entries()) {
    const columns = glyphs[letter.charCodeAt(0) - 32] as readonly number[]
    for (let x = 0; x < letterWidth; x++)
      for (let y = 0; y < letterHeight; y++)
        if (((columns[x] as number) >> y) & 1)
          fillBox(
            picture,
            {
              x: left + (i * advance + x) * scale,
              y: top + y * scale,
              width: scale,
              height: scale,
            },
            colour,
          )
  }
}

/** Letters without their accents; those that the font lacks are question marks. */
function lettersOf(text: string): readonly string[] {
  return [...text.normalize('NFD').replace(/\p{M}/gu, '')].map((letter) =>
    /^[ -~]$/.test(letter) ? letter : '?',
  )
}
