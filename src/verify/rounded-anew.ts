import { between, drawn } from '../weights/seeded/draw.js'
import type { Weights } from '../weights/source.js'

/**
 * Weights as float32 might as well have rounded them. One in twelve, drawn by a seed, is moved to a neighbour: the
 * variance of that is the one of rounding, 1/12 of the square of the distance between two numbers.
 */
export function roundedAnew(weights: Weights, seed: number): Weights {
  return {
    label: `${weights.label}, rounded anew`,
    async read(parameter) {
      const values = (await weights.read(parameter)).slice()
      const draws = drawn(between(0, 24), values.length, seed, parameter.origin.path)
      const bits = new Int32Array(values.buffer)
      draws.forEach((draw, i) => {
        // The next number away from zero, or towards it.
        if (draw < 2 && isNormal(values[i] as number))
          bits[i] = (bits[i] as number) + (draw < 1 ? 1 : -1)
      })
      return values
    },
  }
}

/** What has neighbours of its sign on both sides, a part in 2^23 away. */
function isNormal(x: number): boolean {
  const size = Math.abs(x)
  return size > 2 ** -126 && size < 2 ** 127
}
