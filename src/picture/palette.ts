/** Red, green and blue, each from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number]

export const black: Colour = [0, 0, 0]
export const white: Colour = [255, 255, 255]

/** Okabe and Ito's colours, which people tell apart however they see colours; black, the darkest, is left out. */
const okabeIto: readonly Colour[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
]

/** A turn of the golden ratio: however many hues there are, the next falls into the widest gap. */
const goldenTurn = 0.6180339887498949
/** Saturation and value, taken in turns, so that hues that lie close differ in lightness. */
const tones: readonly (readonly [number, number])[] = [
  [0.75, 0.95],
  [0.9, 0.6],
  [0.4, 1],
  [0.55, 0.75],
]

/** A colour for each of any number of things: the first seven are Okabe and Ito's, the others turn through the hues. */
export function colourOf(index: number): Colour {
  const known = okabeIto[index]
  if (known) return known
  const [saturation, value] = tones[index % tones.length] as readonly [number, number]
  const hue = ((index * goldenTurn) % 1) * 6
  return [5, 3, 1].map((n) => {
    const k = (n + hue) % 6
    return Math.round(255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))))
  }) as unknown as Colour
}
