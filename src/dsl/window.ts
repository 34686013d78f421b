import type { Padding, Pair } from '../compiler/node.js'
import { expectWhole, print } from './expect.js'
import { fail } from './scope.js'

/** A kernel's height and width. */
export function sides(kernel: number | Pair, what: string): Pair {
  const pair = pairOf(kernel)
  if (pair.length !== 2)
    fail(
      'kernel',
      `the kernel of ${what} is ${print(pair)} numbers`,
      'Give a number, or 2: [height, width].',
    )
  for (const side of pair)
    expectWhole(
      'kernel',
      side,
      `the kernel of ${what}`,
      'A kernel is a whole number of pixels from 1.',
    )
  return pair
}

/**
 * How many zeros are around: as many on both sides, or [above, left of] and as many on the other; `same`, as TensorFlow
 * and Paddle call it, is as few as give ceil(side / stride) positions, of which the odd one stands behind.
 */
export type PaddingOption = number | Pair | 'same'

/**
 * Zeros on each side such that a layer keeps the grid of its stride: with a reach of
 * dilation·(kernel − 1) + 1 pixels, reach − stride ≤ 2·padding < reach.
 */
export function paddingOf(
  kernel: Pair,
  stride: number,
  dilation: number,
  given: number | Pair | undefined,
): Padding {
  const reach = reachOf(kernel, dilation)
  const wanted =
    given === undefined
      ? reach.map((r, axis) => {
          if (r % 2 === 1) return (r - 1) / 2
          if ((r - stride) % 2 === 0) return Math.max(0, (r - stride) / 2)
          return fail(
            'kernel-parity',
            `a kernel of ${kernel[axis]} at stride ${stride} has no centre`,
            'Take an odd kernel, or one that differs from the stride by an even number.',
          )
        })
      : pairOf(given)
  if (wanted.length !== 2)
    fail(
      'padding',
      `a padding of ${wanted.length} numbers`,
      'Give a number, or 2: [height, width].',
    )
  wanted.forEach((p, axis) => {
    const r = reach[axis] as number
    if (!Number.isSafeInteger(p) || p < 0 || 2 * p >= r || 2 * p < r - stride)
      fail(
        'padding',
        `a padding of ${p} around a window of ${r} at stride ${stride} leaves the grid`,
        `Leave the padding out, or take ${Math.max(0, Math.ceil((r - stride) / 2))} to ${Math.ceil(r / 2) - 1}.`,
      )
  })
  const [y, x] = wanted as unknown as Pair
  return [y, x, y, x]
}

/** The padding `same` where the stride divides the size; where not, it is settled with the size. */
export function samePadding(kernel: Pair, stride: number, dilation: number): Padding {
  const [y = 0, x = 0] = reachOf(kernel, dilation).map((r) => Math.max(0, r - stride) / 2)
  return [Math.floor(y), Math.floor(x), Math.ceil(y), Math.ceil(x)]
}

function reachOf(kernel: Pair, dilation: number): readonly number[] {
  return kernel.map((side) => dilation * (side - 1) + 1)
}

function pairOf(given: number | Pair): Pair {
  return typeof given === 'object' && given !== null ? given : [given, given]
}
