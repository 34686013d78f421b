import type { Named } from './named.js'
import type { Way } from './ways.js'

/** Figures that somebody published of networks, as they stand in one table. */
export interface Table {
  readonly table: string
  /** Where the figures were read: a table of the paper; a repository, its commit and the file. */
  readonly where: string
  /** The input, [height, width], of every network that has none of its own here. */
  readonly input: readonly [number, number]
  readonly columns: readonly Column[]
  /** What the text around the table leaves open, and was chosen so that the figures fit. */
  readonly choices: readonly string[]
  readonly rows: readonly Row[]
}

/** A quantity of a table, and the one way in which all its figures are counted. */
export interface Column {
  /** As the table calls it, with its unit: `#params (M)`, `GFLOPs`. */
  readonly quantity: string
  readonly way: Way
}

/** A system of a table. */
export interface Row {
  /** As the table calls it. */
  readonly system: string
  /** What stands for it; nothing where the zoo has no such network. */
  readonly network?: Named
  /** A figure for each column, digit by digit; nothing where the table has none. */
  readonly published: readonly (string | undefined)[]
  /** What else may be meant, tried where a figure does not reproduce. */
  readonly instead?: readonly Named[]
  /** Why figures that do not reproduce do not, by their quantity. */
  readonly why?: Readonly<Record<string, string>>
}
