// A plain Node program: it imports nothing of heddle, reads tensors from a file of weights, and writes what a recipe
// tells (recipe.ts).
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'

/** A file to be made: pieces that are given, and weights that are read. */
export interface ReadRecipe {
  readonly pieces: readonly ReadPiece[]
}

export type ReadPiece =
  /** Bytes of `given`, from and up to. */
  { readonly given: readonly [number, number] } | { readonly weight: StoredWeight }

/** A convolution's weight as a file has it: `outs` filters of `size` float32 numbers each. */
export interface StoredWeight {
  readonly offset: number
  readonly outs: number
  readonly size: number
  /** Where, in `numbers`, there is a factor for each filter. */
  readonly factors: number
}

const [folder = '.', output = 'out.onnx', weights = ''] = process.argv.slice(2)
const { pieces }: ReadRecipe = JSON.parse(readFileSync(`${folder}/recipe.json`, 'utf8'))
const given = readFileSync(`${folder}/given`)
const numbers = new Float64Array(new Uint8Array(readFileSync(`${folder}/numbers`)).buffer)
const source = openSync(weights, 'r')
const file = openSync(output, 'w')

/** Reads, scales each filter, and rounds. */
function scaled({ offset, outs, size, factors }: StoredWeight): Uint8Array {
  const values = new Float32Array(outs * size)
  const bytes = new Uint8Array(values.buffer)
  for (let at = 0; at < bytes.length; )
    at += readSync(source, bytes, at, bytes.length - at, offset + at)
  for (let o = 0, i = 0; o < outs; o++) {
    const factor = numbers[factors + o] as number
    for (const end = i + size; i < end; i++) values[i] = (values[i] as number) * factor
  }
  return bytes
}

for (const piece of pieces) {
  const bytes = 'given' in piece ? given.subarray(...piece.given) : scaled(piece.weight)
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
closeSync(file)
closeSync(source)
