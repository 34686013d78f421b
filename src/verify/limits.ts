import type { RanOn } from '../runtime/ran-on.js'

/**
 * How far a network may be from what it means. Errors are max |Δ| / max |reference| of a value, the reference in
 * float64; u = 2^-24 is the unit roundoff of float32.
 *
 * **Twice the plain graph's own error.** The network as written, computed in float32 one operation after the other, is
 * off by some e. What passes make of it is as good a float32 computation of the same numbers: each of its roundings is
 * of the same size, in another order. Two such computations differ in how the roundings happen to fall, which is less
 * than a factor of two in the largest of many; what a wrong equation does to a value has nothing to do with e, and is
 * larger by orders of magnitude.
 *
 * **Weights count as rounded.** A weight that a pass derives is rounded once more, and what that does is the same at
 * every pixel of every input: many numbers do not even it out, and a network of few channels shows it. The plain graph
 * has no such rounding. So e is the largest of its errors with its weights as they are, and rounded anew.
 *
 * **Where e is luck.** A value may be exact in the plain graph, and rounded a few times in the compiled one: multiplied
 * by a derived constant (which is rounded, and so is the product), and added to another (which is rounded, and so is
 * the sum). So e counts for at least 4u. The largest of a few numbers may be small by chance: below 64 numbers, and at
 * features on the way, e is the largest error that the plain graph has had up to there: roundings add up along the
 * way, and those before are in every value behind them.
 */
export const leastError: number = 4 * 2 ** -24

/** From how many numbers on the largest error among them says something. */
export const manyNumbers = 64

/**
 * How often the plain graph's error counts behind regions that fewer boxes than `manyNumbers` cut out of a map: however
 * many numbers there are, they are off by what those few boxes are off by, and the largest of few may be small by chance.
 */
export const behindFewBoxes = 2

/** How far a compiled value may be from float64, where the plain one is off by `error`. */
export function limitOf(error: number): number {
  return 2 * Math.max(error, leastError)
}

/**
 * How far a compiled value may be from the plain one, in float32 both: the first is within 2e of the truth and the
 * second within e, so 3e apart. Where the plain graph's error was measured on a smaller map of `measured` numbers and
 * this one has `numbers`, the largest of more errors is larger: of n independent ones of a normal distribution it is
 * about √(2 ln n) deviations. Between a map of few pixels and a larger one the shares of border and inside differ too,
 * for which it is doubled.
 */
export function limitBetween(error: number, measured: number, numbers: number): number {
  const apart = 3 * Math.max(error, leastError)
  if (numbers <= measured) return apart
  return 2 * apart * Math.sqrt(Math.log(numbers) / Math.log(Math.max(measured, 2)))
}

/**
 * By how much more another device may be off than the CPU, in float32: it may round a product before it adds it, where
 * the CPU rounds once, and add in one chain what the CPU adds in 16 lanes. On WebGPU (llvmpipe) the zoo was off by 1.2 to
 * 2.5 times what it is off on the CPU.
 */
export const deviceRatio = 2

/** By how much float16 rounds more than float32: its unit roundoff is 2^-11. TF32's is the same: it keeps 10 bits. */
export const halfRatio: number = 2 ** 13

/**
 * By how much more than float32 on the CPU a network may round on what it ran on, whose numbers round `narrowing` times
 * as much by themselves (`halfRatio` in float16). A device may sum float16 in float16, where the CPU
 * sums in float32: WebGPU (llvmpipe) is off by ten times what the CPU is.
 */
export function roundingOf({ provider, tf32 }: RanOn, narrowing = 1): number {
  if (provider === 'cpu' || provider === 'none') return narrowing
  return Math.max(narrowing * deviceRatio, tf32 ? halfRatio : 1)
}

/**
 * The plain graph in float32 says nothing any more where its own error is larger than this: a part in a thousand,
 * some ten thousand roundings.
 */
export const mostError: number = 2 ** -10

/** A limit beyond which a comparison says nothing: a quarter of the largest number. Numbers of 8 bits have none. */
export const mostLimit: number = 1 / 4

/**
 * What max |Δ| / max |reference| may be between two runs of a file that is verified by itself: nothing is known of it
 * that a limit could be derived from.
 */
export const runTolerance = 1e-5
