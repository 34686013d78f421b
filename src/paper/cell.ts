import { counted } from './counted.js'
import { lineOf, type Named } from './named.js'
import { nearestReading, type Reading } from './reading.js'
import type { Column, Row, Table } from './table.js'
import { printed } from './ways.js'

/** A published figure, and what heddle computes for it. */
export interface Cell {
  readonly table: string
  readonly system: string
  readonly quantity: string
  /** Where it was read. */
  readonly where: string
  /** As it was printed. */
  readonly published: string
  /** With as many digits; null where the zoo has no such network. */
  readonly computed: string | null
  /** That of the table's quantity. */
  readonly convention: string
  /** Whether the two agree in every digit that was printed. */
  readonly exact: boolean
  /** What was counted, as `heddle count` takes it. */
  readonly network?: string
  /** Where they do not agree, what comes nearest of all that was tried, */
  readonly nearest?: Reading
  /** and why they do not, as far as it is known. */
  readonly why?: string
}

/** The cells of a table, row by row. */
export function cellsOf(table: Table): readonly Cell[] {
  return table.rows.flatMap((row) =>
    table.columns.flatMap((column, i) => {
      const published = row.published[i]
      return published === undefined ? [] : [cell(table, row, column, published)]
    }),
  )
}

function cell(table: Table, row: Row, { quantity, way }: Column, published: string): Cell {
  const said = { table: table.table, system: row.system, quantity, where: table.where, published }
  const { convention } = way
  if (!row.network) return { ...said, computed: null, convention, exact: false }
  const [network, ...instead] = [row.network, ...(row.instead ?? [])].map((named) => ({
    input: table.input,
    ...named,
  })) as [Named, ...Named[]]
  const computed = printed(way, counted(network), published)
  const exact = computed === published
  const found = { ...said, computed, convention, exact, network: lineOf(network) }
  if (exact) return found
  const why = row.why?.[quantity]
  const nearest = nearestReading([network, ...instead], way, published)
  return { ...found, nearest, ...(why === undefined ? {} : { why }) }
}
