/** How values are drawn: ± (low … high), uniformly, each alone. */
export interface Range {
  readonly low: number
  readonly high: number
  /** Which share of the values has the minus. */
  readonly negative: number
}

export function between(low: number, high: number): Range {
  return { low, high, negative: 0 }
}

/** Of a size between low and high, half of them negative. */
export function eitherSign(low: number, high: number): Range {
  return { low, high, negative: 0.5 }
}

/**
 * Draws `count` values by counter: the i-th depends on the seed, the name and i alone, so that parameters may
 * be drawn in any order. Whole-number arithmetic, + − × ÷ and one rounding: the same bits on every machine.
 */
export function drawn(range: Range, count: number, seed: number, name: string): Float32Array {
  const low32 = seed >>> 0
  const high32 = Math.floor(seed / 2 ** 32)
  const key = hashed(name, low32, high32)
  const second = hashed(name, high32 ^ 0x6a09e667, low32)
  const values = new Float32Array(count)
  const step = (range.high - range.low) * 2 ** -24
  const start = range.low + step / 2
  // The upper 24 bits are the size, the lower 8 the sign.
  const least = Math.round(range.negative * 256)
  for (let i = 0; i < count; i++) {
    const bits = mixed(Math.imul(i, 0x9e3779b1) ^ key, second)
    const size = start + (bits >>> 8) * step
    values[i] = (bits & 255) < least ? -size : size
  }
  return values
}

/** A permutation of the 32-bit numbers that leaves no pattern of its argument (after C. Wellons' lowbias32). */
function mixed(argument: number, key: number): number {
  let x = Math.imul(argument ^ (argument >>> 16), 0x7feb352d) ^ key
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}

/** A name and a seed as 32 bits: FNV-1a over the UTF-16 units, mixed. */
function hashed(name: string, ...seed: readonly number[]): number {
  let hash = 0x811c9dc5
  for (const word of seed) hash = Math.imul(hash ^ mixed(word, 0x2545f491), 0x01000193)
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return mixed(hash, 0x9e3779b9)
}
