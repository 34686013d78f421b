import type { PassReport } from '../compile.js'
import { counted } from './figures.js'

/** How many lines a pass has at most for where it fired, and as many for where it declined: `--json` has all. */
const most = 4

/** One line for each reason that a pass declined for, the most frequent first, with the first of the places. */
export function declinedLines(declined: PassReport['declined']): readonly string[] {
  const lines = grouped(declined, ({ reason }) => reason).map(([reason, nodes]) => {
    const others = nodes.length - 1
    return `declined at ${nodes[0]?.path}${others > 0 ? ` and ${counted(others, 'other')}` : ''}: ${reason}`
  })
  return shortened(lines, (more) => `declined for ${counted(more, 'other reason')}`)
}

/** Those alike, the most frequent first. */
export function grouped<T>(
  all: readonly T[],
  key: (one: T) => string,
): readonly [string, readonly T[]][] {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one])
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length)
}

/** The first few lines, and how many more there are. */
export function shortened(
  lines: readonly string[],
  told: (more: number) => string,
): readonly string[] {
  if (lines.length <= most) return lines
  return [...lines.slice(0, most), `${told(lines.length - most)}, which --json has`]
}
