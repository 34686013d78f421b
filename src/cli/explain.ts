import type { Explanation, Fired, PassExplanation } from '../explain.js'
import { printCost } from '../figures.js'
import { counted } from './figures.js'
import { table } from './table.js'

/** How many lines a pass has at most for where it fired, and as many for where it declined: `--json` has all. */
const most = 4

/** What each pass did and what it gains, for people. */
export function explanationText(
  { target, costs, cost, passes }: Explanation,
  title: (text: string) => string,
): string {
  const told = (value: number): string => printCost(value, costs.unit)
  const rows = [
    ...passes.map((pass) => [
      pass.name,
      String(pass.fired.length),
      String(pass.declined.length),
      told(pass.cost.before),
      told(pass.cost.after),
      gain(pass.cost),
    ]),
    ['all', '', '', told(cost.before), told(cost.after), gain(cost)],
  ]
  return [
    `  ${target}, ${costs.source}`,
    table(
      [
        { title: 'pass' },
        { title: 'fired', align: 'right' },
        { title: 'declined', align: 'right' },
        { title: 'cost before', align: 'right' },
        { title: 'after', align: 'right' },
        { title: 'gain', align: 'right' },
      ],
      rows,
      { title },
    ),
    ...passes
      .filter(({ fired, declined }) => fired.length + declined.length > 0)
      .map((pass) => ['', ...passLines(pass, title)].join('\n')),
  ].join('\n')
}

/** What is less by, of what it was: `5.2 %`. */
function gain({ before, after }: PassExplanation['cost']): string {
  if (before === after) return '0'
  return `${((100 * (before - after)) / before).toPrecision(2)} %`
}

function passLines(
  { name, equation, fired, declined }: PassExplanation,
  title: (text: string) => string,
): readonly string[] {
  const firedAt = grouped(fired, ({ path, before, after }: Fired) => {
    return `${patternOf(path)}: ${before} → ${after}`
  }).map(([what, { length }]) => `    fired at ${what}${length > 1 ? ` (${length} times)` : ''}`)
  const declinedAt = grouped(declined, ({ reason }) => reason).map(([reason, nodes]) => {
    const others = nodes.length - 1
    return `    declined at ${nodes[0]?.path}${others > 0 ? ` and ${counted(others, 'other')}` : ''}: ${reason}`
  })
  return [
    `  ${title(name)}`,
    ...equation.split('\n').map((line) => `    ${line}`),
    ...shortened(firedAt),
    ...shortened(declinedAt),
  ]
}

/** Those alike, the most frequent first. */
function grouped<T>(all: readonly T[], key: (one: T) => string): readonly [string, readonly T[]][] {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one])
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length)
}

/** Places that differ in numbers alone are one: `stage4.*.fuse_layers.*.1`. */
function patternOf(path: string): string {
  return path.replace(/\b\d+\b/g, '*')
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= most) return lines
  return [...lines.slice(0, most), `    and ${lines.length - most} more, which --json has`]
}
