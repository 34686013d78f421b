import { type Column, table } from './table.js'
import { terminalWidth } from './terminal.js'

/** Columns that belong together, under a name of their own; a list of cells for each row. */
export interface Group {
  readonly name: string
  readonly titles: readonly string[]
  readonly cells: readonly (readonly string[])[]
}

/** Rows of figures in groups: as many groups beside each other as the terminal takes, the others below. */
export function groupedTable(
  named: { readonly title: string; readonly cells: readonly string[] },
  groups: readonly Group[],
  options: { readonly title: (text: string) => string },
): string {
  const first = 2 + Math.max(...[named.title, ...named.cells].map(({ length }) => length))
  return beside(groups.map(laidOut), terminalWidth() - first)
    .map((each) => {
      const names = each.map(({ name, width }) => name.padStart(width)).join('')
      const rows = named.cells.map((cell, i) => [
        cell,
        ...each.flatMap(({ cells }) => cells[i] ?? []),
      ])
      const columns = [{ title: named.title }, ...each.flatMap(({ columns }) => columns)]
      return `${options.title(' '.repeat(first) + names)}\n${table(columns, rows, options)}`
    })
    .join('\n\n')
}

interface LaidOut extends Group {
  readonly columns: readonly Column[]
  readonly width: number
}

function laidOut(group: Group): LaidOut {
  const widths = group.titles.map((title, i) =>
    Math.max(title.length, ...group.cells.map((row) => row[i]?.length ?? 0)),
  )
  const width = widths.reduce((sum, each) => sum + 2 + each, 0)
  // A name may need more room than its figures.
  const lacking = Math.max(0, group.name.length + 2 - width)
  const columns = group.titles.map((title, i) => ({
    title: title.padStart((widths[i] ?? 0) + (i === 0 ? lacking : 0)),
    align: 'right' as const,
  }))
  return { ...group, columns, width: width + lacking }
}

/** The groups in rows that are no wider than that, unless one is by itself. */
function beside(groups: readonly LaidOut[], room: number): readonly (readonly LaidOut[])[] {
  const rows: LaidOut[][] = []
  let left = 0
  for (const group of groups) {
    const last = rows.at(-1)
    if (last && group.width <= left) last.push(group)
    else rows.push([group])
    left = (last && group.width <= left ? left : room) - group.width
  }
  return rows
}
