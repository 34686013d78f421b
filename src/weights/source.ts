import type { NodeOf } from '../compiler/node.js'

/** Where the values of parameters come from: read one at a time, when they are wanted. */
export interface Weights {
  /** What they are, for people and for the file's metadata: `seed 0`. */
  readonly label: string
  /** The values of a parameter, as many as its shape says. */
  read(parameter: NodeOf<'parameter'>): Float32Array | Promise<Float32Array>
}

/** Weights whose arrays are the reader's own, to write to, of weights that may hand out what they keep. */
export function copied(weights: Weights): Weights {
  const { label } = weights
  return { label, read: async (parameter) => (await weights.read(parameter)).slice() }
}
