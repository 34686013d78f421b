import { cpus, release, totalmem, type } from 'node:os'

/** When and on what a record was made, and of which versions. */
export function machine(...versions: readonly string[]): string {
  const [cpu] = cpus()
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`
  const all = [
    new Date().toISOString().slice(0, 10),
    ...versions,
    `Node ${process.version}`,
    `${type()} ${release()}`,
    `${cpu?.model.trim()}, ${cpus().length} cores, ${memory}`,
  ]
  return all.map((each) => `- ${each}`).join('\n')
}

/** A table in Markdown, its columns aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`
  return [
    line(head, ' '),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((cells) => line(cells, ' ')),
  ].join('\n')
}
