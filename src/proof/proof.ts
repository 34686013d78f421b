import type { Kind } from '../compiler/node.js'
import type { Change, Firing, Pass } from '../compiler/rewrite.js'

/** What a proof is drawn from: the same seed gives the same numbers on every machine. */
export interface ProofOptions {
  readonly seed: number
}

export interface StepProofOptions extends ProofOptions {
  /** Whether every firing is proved by itself, at every scale; else each distinct one once, at the first that decides. */
  readonly all?: boolean
}

/** One firing of a pass: what stood there and what took its place, computed from the same numbers. */
export interface FiringProof {
  /** Where it fired: the path of what stood there. */
  readonly path: string
  /** The kinds of what stood there, and of what took its place. */
  readonly before: Kind
  readonly after: Kind
  /** Whether both are the same within the bound, which is small enough to say something. */
  readonly ok: boolean
  /** |before − after| where it is largest against its bound. */
  readonly error: number
  /** What rounding alone accounts for at that place, on both sides together. */
  readonly bound: number
  /** error / bound: at most 1 where it is proved. */
  readonly ratio: number
  /** How many levels below the nodes that both sides share numbers were fed: at 0 it holds for any values there. */
  readonly depth: number
  /** Whether feeding deeper, where it may be the same after all, would take too long: it is neither proved nor refuted. */
  readonly limited?: true
  /** Why nothing is proved. */
  readonly note?: string
}

/** All firings of a pass. */
export interface StepProof {
  readonly name: string
  readonly equation: string
  readonly changes: Change
  /** How often it fired. */
  readonly firings: number
  /** How many of these were computed: the others have the same structure, attributes and types as one of them. */
  readonly distinct: number
  /** The one nearest to its bound; none where nothing fired. */
  readonly worst: FiringProof | undefined
  readonly failed: readonly FiringProof[]
}

/** What is proved: a pass that ran, and where it fired. */
export interface FiredPass {
  readonly pass: Pass
  readonly firings: readonly Firing[]
}

/** Whether both sides of a firing differ by more than rounding accounts for. */
export function isRefuted({ ratio, limited }: FiringProof): boolean {
  return ratio > 1 && !limited
}
