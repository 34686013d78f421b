import type { PassReport } from '../compile.js'
import { counted, duration } from './figures.js'
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
  return [lines, ...passes.flatMap(declinedText)].join('\n')
}

/** One line for each reason, with the first of the nodes that it holds for. */
function declinedText({ name, declined }: PassReport): readonly string[] {
  return [...new Set(declined.map(({ reason }) => reason))].map((reason) => {
    const nodes = declined.filter((one) => one.reason === reason)
    const others = nodes.length - 1
    return `  ${name} declined at ${nodes[0]?.path}${others > 0 ? ` and ${counted(others, 'other')}` : ''}: ${reason}`
  })
}
