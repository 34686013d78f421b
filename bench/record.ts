import { machine } from './machine.js'

/** When and on what a record was made, and of which versions and commit. */
export function provenance(): string {
  const { date, heddle, commit, onnxRuntime, node, system, processor, cores, memory } = machine()
  return [
    date,
    `heddle ${heddle} (${commit}), ONNX Runtime ${onnxRuntime}, Node ${node}`,
    system,
    `${processor}, ${cores} cores, ${memory}`,
  ]
    .map((each) => `- ${each}`)
    .join('\n')
}

/** A table in Markdown that reads well as plain text too. */
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
