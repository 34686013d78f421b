import type { Picture } from './picture.js'

/** How many channels the colours have. */
export function channelsOf(colours: 'rgb' | 'grey'): Picture['channels'] {
  return colours === 'rgb' ? 3 : 1
}

/**
 * A picture in the colours that a network takes. Grey becomes three equal channels; colour becomes ITU-R 601 luma,
 * in the fixed-point arithmetic of PIL's `convert('L')`.
 */
export function inColours(picture: Picture, colours: 'rgb' | 'grey'): Picture {
  const channels = channelsOf(colours)
  const { width, height, data } = picture
  if (picture.channels === channels) return picture
  const out = new Uint8Array(width * height * channels)
  if (channels === 3)
    for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / 3)] as number
  else
    for (let i = 0; i < out.length; i++) {
      const [r, g, b] = [data[3 * i], data[3 * i + 1], data[3 * i + 2]] as [number, number, number]
      out[i] = (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16
    }
  return { width, height, channels, data: out }
}
