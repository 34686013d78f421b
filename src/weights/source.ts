import type { NodeOf } from '../compiler/node.js'

/** Where the values of parameters come from: read one at a time, when they are wanted. */
export interface Weights {
  /** What they are, for people and for the file's metadata: `seed 0`. */
  readonly label: string
  /** The values of a parameter, as many as its shape says. */
  read(parameter: NodeOf<'parameter'>): Float32Array | Promise<Float32Array>
  /** The files that have them, which nothing may be written over. */
  readonly files?: readonly string[]
  /** Whether what `read` gives is the reader's own, to write to; of what others keep it is a copy first (false). */
  readonly fresh?: boolean
  /** Where a file has these very values: float32, little-endian, in their order; nothing where none has. */
  stored?(parameter: NodeOf<'parameter'>): Stored | undefined
}

/** Where the values of a parameter lie in a file. */
export interface Stored {
  readonly path: string
  /** Of the first byte. */
  readonly offset: number
}

/** Weights whose arrays are the reader's own, to write to, of weights that may hand out what they keep. */
export function copied(weights: Weights): Weights {
  if (weights.fresh) return weights
  return {
    label: weights.label,
    read: async (parameter) => (await weights.read(parameter)).slice(),
    stored: (parameter) => weights.stored?.(parameter),
  }
}
