import { type Cell, cellsOf } from '../paper/cell.js'
import { departures } from '../paper/departures.js'
import { paperPage } from '../paper/page.js'
import { type Source, sources } from '../paper/sources.js'
import type { Table } from '../paper/table.js'
import { exitCodes } from './failure.js'
import { counted as howMany } from './figures.js'
import { table } from './table.js'
import { print, printJson, type Style, styleOf } from './terminal.js'

export interface PaperOptions {
  readonly source?: Source | 'all'
  readonly markdown?: true
  readonly json?: true
}

/** `heddle paper`: what was published of networks beside what is computed. */
export function showPaper({ source = 'paper', markdown, json }: PaperOptions): number {
  const tables = source === 'all' ? Object.values(sources).flat() : sources[source]
  if (json) printJson(tables.flatMap(cellsOf))
  else if (markdown) print(paperPage(tables))
  else print(paperText(tables, styleOf(process.stdout)))
  return exitCodes.done
}

function paperText(tables: readonly Table[], style: Style): string {
  const parts = tables.map((one) => ({ one, cells: cellsOf(one) }))
  const all = parts.flatMap(({ cells }) => cells)
  const exact = all.filter((cell) => cell.exact)
  return [
    ...parts.map(({ one, cells }) => tableText(one, cells, style)),
    `${howMany(exact.length, 'figure')} of ${all.length} exact to the printed digit.`,
  ].join('\n\n')
}

function tableText(one: Table, cells: readonly Cell[], { bold, dim, yellow }: Style): string {
  const rows = cells.map(({ system, quantity, published, computed, exact, network = '' }) => [
    system,
    quantity,
    published,
    computed ?? '',
    exact ? 'exact' : '',
    network,
  ])
  return [
    bold(one.table),
    dim(`  ${one.where}`),
    ...one.columns.map(({ quantity, way }) => dim(`  ${quantity}: ${way.convention}`)),
    ...one.choices.map((choice) => dim(`  chosen: ${choice}`)),
    '',
    table(
      [
        { title: 'system' },
        { title: 'quantity' },
        { title: 'published', align: 'right' },
        { title: 'computed', align: 'right' },
        { title: '' },
        { title: 'network' },
      ],
      rows,
      { title: bold },
    ),
    ...departures(cells).map((said) => yellow(`  ${said}`)),
  ].join('\n')
}
