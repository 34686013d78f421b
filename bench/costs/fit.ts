import { type Amounts, type Work, works } from '../../src/targets/costs/work.js'

/**
 * What is no part of any node: a run is started, however small the network, and what it gives is handed over in
 * memory that the system has to make ready.
 */
export type Around = 'run' | 'given'

/** What a network does, and the nanoseconds that one run of it took. */
export interface Observation {
  readonly amounts: Amounts & Readonly<Record<Around, number>>
  readonly ns: number
}

type Column = Work | Around
const names: readonly Column[] = [...(Object.keys(works) as Work[]), 'run', 'given']

/**
 * Nanoseconds for one of each work, none below zero, that tell the observed times with the least squares of the
 * relative error; by going down one coordinate after another.
 */
export function fitted(observations: readonly Observation[]): Readonly<Record<Column, number>> {
  const rows = observations.map(({ amounts, ns }) =>
    names.map((column) => (amounts[column] ?? 0) / ns),
  )
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
  return Object.fromEntries(names.map((name, j) => [name, rates[j]])) as Record<Column, number>
}
