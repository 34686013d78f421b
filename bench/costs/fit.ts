import { type Amounts, type Work, works } from '../../src/targets/costs/work.js'

/** What a network does, and the nanoseconds that it took. */
export interface Observation {
  readonly amounts: Amounts
  readonly ns: number
}

const names = Object.keys(works) as Work[]

/**
 * Nanoseconds for one of each work, none below zero, that tell the observed times with the least squares of the
 * relative error; by going down one coordinate after another.
 */
export function fitted(observations: readonly Observation[]): Readonly<Record<Work, number>> {
  const rows = observations.map(({ amounts, ns }) => names.map((work) => (amounts[work] ?? 0) / ns))
  const rates = names.map(() => 0)
  const rest = rows.map(() => 1)
  for (let round = 0; round < 20_000; round++)
    for (const [j] of names.entries()) {
      let [along, square] = [0, 0]
      for (const [i, row] of rows.entries()) {
        const value = row[j] as number
        along += value * (rest[i] as number)
        square += value * value
      }
      if (square === 0) continue
      const before = rates[j] as number
      const after = Math.max(0, before + along / square)
      rates[j] = after
      for (const [i, row] of rows.entries())
        rest[i] = (rest[i] as number) - (after - before) * (row[j] as number)
    }
  return Object.fromEntries(names.map((name, j) => [name, rates[j]])) as Record<Work, number>
}
