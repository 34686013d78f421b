import { interpretNode } from '../../compiler/interpret.js'
import type { Node } from '../../compiler/node.js'

/** How far each element of a value may be off; nothing where it is exact. */
export type Bound = Float64Array | undefined

/** Where a bound's function finds what it needs. */
export interface Bounding {
  /** The unit roundoff u of the arithmetic: a result is off by at most u times itself. */
  readonly unit: number
  /**
   * What a rounding to fewer bits (quantize, cast to float16) stands for: its `steps`, which are the value; or the
   * number before it, from which it `deviates`.
   */
  readonly narrowing: 'steps' | 'deviates'
  /** The values of a node, as they were computed. */
  of(node: Node): Float64Array
  boundOf(node: Node): Bound
  /** Whether a node is computed from constants alone. */
  isConstant(node: Node): boolean
}

/** γₙ = n·u / (1 − n·u): how far n roundings in a row take a number, relative to it (Higham, lemma 3.1). */
export function gamma(roundings: number, unit: number): number {
  const first = roundings * unit
  return first < 1 ? first / (1 - first) : Number.POSITIVE_INFINITY
}

type Operands = Readonly<Record<string, Float64Array | readonly Float64Array[] | undefined>>

/** What a node computes from other values of its operands, which are named; one without values is left out. */
export function on({ inputs, ...rest }: Node, operands: Operands): Float64Array {
  const values = new Map<Node, Float64Array>()
  // A node may be read twice, by different names.
  const standIn = (operand: Node, value: Float64Array): Node => {
    const copy = { ...operand }
    values.set(copy, value)
    return copy
  }
  const replaced = Object.entries(operands).map(([name, value]) => {
    const operand = (inputs as Readonly<Record<string, Node & readonly Node[]>>)[name]
    if (!operand || !value) return [name, undefined] as const
    if (value instanceof Float64Array) return [name, standIn(operand, value)] as const
    return [name, value.map((each, i) => standIn(operand[i] as Node, each))] as const
  })
  const node = { ...rest, inputs: { ...inputs, ...Object.fromEntries(replaced) } } as Node
  const of = (operand: Node): Float64Array => values.get(operand) as Float64Array
  return interpretNode(node, { of, input: of, parameter: of })
}

export function absolute(values: Float64Array): Float64Array {
  return values.map(Math.abs)
}

/** by·|values|. */
export function share(values: Float64Array, by: number): Float64Array {
  return values.map((value) => by * Math.abs(value))
}

/** The sum of bounds, element by element. */
export function plus(a: Float64Array, b: Bound): Float64Array
export function plus(a: Bound, b: Bound): Bound
export function plus(a: Bound, b: Bound): Bound {
  if (!a || !b) return a ?? b
  return a.map((each, i) => each + (b[i] as number))
}
