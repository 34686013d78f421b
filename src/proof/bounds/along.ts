import { linesOf } from '../../compiler/interpret/along.js'
import type { NodeOf } from '../../compiler/node.js'
import { type Bound, type Bounding, gamma } from './bounding.js'

/**
 * Of y = e^x / Σ e^x, where each x may be off by e (what it brings, and the rounding of x − most): the quotient of
 * two such powers changes by a factor of at most e^(e + the largest e of the line). The powers themselves are known
 * to two roundings, the sum of n takes n − 1, the division one.
 */
export function softmax(node: NodeOf<'softmax'>, around: Bounding): Float64Array {
  const { of, boundOf, unit } = around
  const { input } = node.inputs
  const [x, brought, y] = [of(input), boundOf(input), of(node)]
  const bound = new Float64Array(y.length)
  for (const places of linesOf(node)) {
    const most = Math.max(...places.map((at) => x[at] as number))
    const off = places.map((at) => unit * (most - (x[at] as number)) + (brought?.[at] ?? 0))
    const largest = Math.max(...off)
    const rounding = gamma(places.length + 4, unit)
    for (const [i, at] of places.entries())
      bound[at] = (y[at] as number) * (rounding + Math.expm1((off[i] as number) + largest))
  }
  return bound
}

/** A step: how far off are the places that may be those of the largest. */
export function argMax(node: NodeOf<'argMax'>, { of, boundOf }: Bounding): Bound {
  const { input } = node.inputs
  const [x, brought, y] = [of(input), boundOf(input), of(node)]
  if (!brought) return undefined
  return Float64Array.from(linesOf(node), (places, line) => {
    const chosen = y[line] as number
    const least = at(x, places, chosen) - at(brought, places, chosen)
    const far = places.map((_, i) => {
      const most = at(x, places, i) + at(brought, places, i)
      // Of equal ones the first is taken.
      return most > least || (most === least && i < chosen) ? Math.abs(i - chosen) : 0
    })
    return Math.max(...far)
  })
}

function at(values: Float64Array, places: readonly number[], i: number): number {
  return values[places[i] as number] as number
}
