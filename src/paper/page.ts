import { type Cell, cellsOf } from './cell.js'
import { departures } from './departures.js'
import type { Table } from './table.js'

/** Published figures beside those that are computed, as a page of Markdown. */
export function paperPage(tables: readonly Table[]): string {
  const parts = tables.map((table) => ({ table, cells: cellsOf(table) }))
  const all = parts.flatMap(({ cells }) => cells)
  return [
    '# Published figures, computed',
    'Made by `heddle paper --source all --markdown`. A figure stands as it was published. Where heddle does not compute it to the digit, what it computes is behind an arrow; below the table is the nearest of the readings that were tried, and why the two differ as far as it is known. Where many readings meet few digits, one may agree by chance.',
    'A convention is chosen for a table and a quantity, never for a figure. `parameters` and `activations` are those of `heddle count`, in 10^6; the rest is told in [counting.md](counting.md). What is cut off is not rounded.',
    `${exactOf(all)} of ${all.length} figures are exact to the printed digit.`,
    ...parts.map(({ table, cells }) => section(table, cells)),
  ].join('\n\n')
}

function exactOf(cells: readonly Cell[]): number {
  return cells.filter(({ exact }) => exact).length
}

function section(table: Table, cells: readonly Cell[]): string {
  const departing = departures(cells).map((said) => `- ${said}`)
  return [
    `## ${table.table}`,
    `${table.where}; input ${table.input.join('×')}. ${exactOf(cells)} of ${cells.length} exact.`,
    [
      ...table.columns.map(({ quantity, way }) => `- **${quantity}** by \`${way.convention}\``),
      ...table.choices.map((choice) => `- Chosen to fit: ${choice}.`),
    ].join('\n'),
    grid(table, cells),
    ...(departing.length > 0 ? [departing.join('\n')] : []),
  ].join('\n\n')
}

/** A line for each system, its cells aligned. */
function grid({ columns, rows }: Table, cells: readonly Cell[]): string {
  const lines = rows.map(({ system }) => {
    const own = cells.filter((cell) => cell.system === system)
    const [first] = own
    return [
      system,
      ...columns.map(({ quantity }) => figure(own.find((cell) => cell.quantity === quantity))),
      first?.network ? `\`${first.network}\`` : '',
    ]
  })
  const titles = ['system', ...columns.map(({ quantity }) => quantity), 'network']
  const widths = titles.map((title, i) =>
    Math.max(title.length, ...lines.map((line) => (line[i] as string).length)),
  )
  const row = (line: readonly string[]): string =>
    `| ${line.map((text, i) => text.padEnd(widths[i] as number)).join(' | ')} |`
  return [row(titles), row(widths.map((width) => '-'.repeat(width))), ...lines.map(row)].join('\n')
}

function figure(cell: Cell | undefined): string {
  if (!cell) return ''
  const { published, computed, exact } = cell
  return exact ? published : `${published} → ${computed ?? '?'}`
}
