import { terminalWidth } from './terminal.js'

export interface Column {
  readonly title: string
  /** Numbers stand right, so that digits stand under digits. */
  readonly align?: 'left' | 'right'
}

/** Rows under titles, aligned, indented by two; the last column on the left is cut to the terminal's width. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly title?: (text: string) => string } = {},
): string {
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  )
  const line = (cells: readonly string[]): string => {
    const padded = columns.map(({ align }, i) => {
      const cell = cells[i] ?? ''
      const width = widths[i] as number
      return align === 'right' ? cell.padStart(width) : cell.padEnd(width)
    })
    return cut(`  ${padded.join('  ')}`.trimEnd(), terminalWidth())
  }
  const head = line(columns.map(({ title }) => title))
  return [options.title?.(head) ?? head, ...rows.map(line)].join('\n')
}

/** Names and what they are, aligned. */
export function pairs(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 1))}…`
}
