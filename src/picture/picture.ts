import { InputError } from '../errors.js'

/** Pixels: rows from the top, the channels of a pixel side by side, each from 0 to 255. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** 1 is grey, 3 is red, green and blue. */
  readonly channels: 1 | 3
  /** height × width × channels. */
  readonly data: Uint8Array
}

/** How large a picture is, in pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** A picture of one colour (black), to be drawn on. */
export function blank(
  { width, height }: PictureSize,
  channels: Picture['channels'],
  value = 0,
): Picture {
  return { width, height, channels, data: new Uint8Array(width * height * channels).fill(value) }
}

/**
 * Refuses a picture whose parts do not fit together: it may come from a canvas, or from another library.
 * @throws {InputError}
 */
export function expectPicture({ width, height, channels, data }: Picture): void {
  const whole = [width, height].every((side) => Number.isInteger(side) && side >= 1)
  if (!whole || (channels !== 1 && channels !== 3))
    throw new InputError({
      problem: `a picture of ${width}x${height} pixels and ${channels} channels`,
      remedy:
        'Its sides are whole numbers from 1; it has 1 channel (grey) or 3 (red, green, blue).',
    })
  if (data.length !== width * height * channels)
    throw new InputError({
      problem: `a picture of ${width}x${height} pixels and ${channels} channels with ${data.length} bytes`,
      remedy: `It has ${width * height * channels}: leave out the alpha of a canvas.`,
    })
}

/** What was found in a file that cannot be read as a picture. */
export function notRead(
  name: string,
  problem: string,
  remedy: string,
  cause?: unknown,
): InputError {
  return new InputError({ problem: `${name} ${problem}`, remedy }, { cause })
}
