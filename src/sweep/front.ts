/** One thing by which items are compared: less of it is better, or more. */
export interface Axis<T> {
  readonly name: string
  readonly prefer: 'least' | 'most'
  /** Nothing where it is not known of an item. */
  of(item: T): number | undefined
}

/**
 * The Pareto front: the items that no other beats, in the order given. One beats another where it is as good on every
 * axis and better on one; equal ones beat each other not. An item of which some axis is not known is not judged, and
 * is not on the front.
 */
export function paretoFront<T>(items: readonly T[], axes: readonly Axis<T>[]): readonly T[] {
  const judged = items.flatMap((item, i) => {
    const costs = axes.map(({ prefer, of }) => {
      const value = of(item) ?? Number.NaN
      return prefer === 'least' ? value : -value
    })
    return costs.some(Number.isNaN) ? [] : [{ i, costs }]
  })
  // What beats an item comes before it in this order, and what was beaten is beaten by one on the front too.
  judged.sort((a, b) => lexical(a.costs, b.costs))
  const front: typeof judged = []
  for (const one of judged) if (!front.some(({ costs }) => beats(costs, one.costs))) front.push(one)
  const kept = new Set(front.map(({ i }) => i))
  return items.filter((_, i) => kept.has(i))
}

function lexical(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i])
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number)
}

function beats(a: readonly number[], b: readonly number[]): boolean {
  return (
    a.every((value, i) => value <= (b[i] as number)) &&
    a.some((value, i) => value < (b[i] as number))
  )
}
