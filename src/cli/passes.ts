import type { PassReport } from '../compile.js'
import { declinedLines } from './declined.js'
import { duration } from './figures.js'
import { table } from './table.js'

/** What each pass did, for programs. */
export function passesDocument(passes: readonly PassReport[]): readonly object[] {
  return passes.map(({ name, before, after, ms, fired, declined }) => ({
    name,
    before,
    after,
    ms: Number(ms.toFixed(3)),
    fired,
    declined,
  }))
}

/** What each pass did: nodes before and after, how often it fired, and what it left where it was and why. */
export function passesText(passes: readonly PassReport[], title: (text: string) => string): string {
  if (passes.length === 0) return '  no passes: as it is written'
  const lines = table(
    [
      { title: 'pass' },
      { title: 'nodes before', align: 'right' },
      { title: 'after', align: 'right' },
      { title: 'fired', align: 'right' },
      { title: 'time', align: 'right' },
    ],
    passes.map(({ name, before, after, fired, ms }) => [
      name,
      String(before),
      String(after),
      String(fired),
      duration(ms),
    ]),
    { title },
  )
  const declined = passes.flatMap(({ name, declined }) =>
    declinedLines(declined).map((line) => `  ${name} ${line}`),
  )
  return [lines, ...declined].join('\n')
}
