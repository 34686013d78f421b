// A plain Node program: it imports nothing of heddle, and makes and writes what a recipe tells (recipe.ts).
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** A file to be made: pieces that are given, and weights that are drawn. */
export interface Recipe {
  readonly pieces: readonly Piece[]
}

export type Piece =
  /** Bytes of `given`, from and up to. */
  { readonly given: readonly [number, number] } | { readonly weight: Weight }

/** A convolution's weight, [outs, ins, area]. */
export interface Weight {
  readonly name: string
  readonly outs: number
  readonly ins: number
  readonly area: number
  /** Values are drawn between ±extent. */
  readonly extent: number
  /** Where, in `numbers`, there are: a mean of each input, a sum and a factor of each output. */
  readonly means: number
  readonly sums: number
  readonly factors: number
}

/** Draws, moves each filter so that Σ w·mean is its sum, scales it, and rounds. */
function made(
  { name, outs, ins, area, extent, ...at }: Weight,
  numbers: Float64Array,
): Float32Array {
  const means = numbers.subarray(at.means, at.means + ins)
  const values = new Float32Array(outs * ins * area)
  const key = hashed(name, 0, 0)
  const second = hashed(name, 0x6a09e667, 0)
  const step = 2 * extent * 2 ** -24
  const start = -extent + step / 2
  for (let i = 0; i < values.length; i++) {
    let x = Math.imul(i, 0x9e3779b1) ^ key
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d) ^ second
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
    values[i] = start + ((x ^ (x >>> 16)) >>> 8) * step
  }
  let power = 0
  for (const mean of means) power += mean * mean
  power *= area
  for (let o = 0, first = 0; o < outs; o++, first += ins * area) {
    let sum = 0
    for (let i = 0, tap = first; i < ins; i++) {
      let taps = 0
      for (const end = tap + area; tap < end; tap++) taps += values[tap] as number
      sum += (means[i] as number) * taps
    }
    const change = power === 0 ? 0 : ((numbers[at.sums + o] as number) - sum) / power
    const factor = numbers[at.factors + o] as number
    for (let i = 0, tap = first; i < ins; i++) {
      const move = change * (means[i] as number)
      for (const end = tap + area; tap < end; tap++)
        values[tap] = Math.fround((values[tap] as number) + move) * factor
    }
  }
  return values
}

function mixed(argument: number, key: number): number {
  let x = Math.imul(argument ^ (argument >>> 16), 0x7feb352d) ^ key
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}

function hashed(name: string, ...seed: readonly number[]): number {
  let hash = 0x811c9dc5
  for (const word of seed) hash = Math.imul(hash ^ mixed(word, 0x2545f491), 0x01000193)
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return mixed(hash, 0x9e3779b9)
}

const [folder = '.', output = 'out.onnx'] = process.argv.slice(2)
const { pieces }: Recipe = JSON.parse(readFileSync(`${folder}/recipe.json`, 'utf8'))
const given = readFileSync(`${folder}/given`)
const numbers = new Float64Array(new Uint8Array(readFileSync(`${folder}/numbers`)).buffer)
const file = openSync(output, 'w')
for (const piece of pieces) {
  const bytes =
    'given' in piece
      ? given.subarray(...piece.given)
      : new Uint8Array(made(piece.weight, numbers).buffer)
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
closeSync(file)
