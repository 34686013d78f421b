import type { Explanation, Fired, PassExplanation } from '../explain.js'
import { printBytes, printCost } from '../figures.js'
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
      .filter((pass) => pass.fired.length + pass.declined.length > 0 || saved(pass))
      .map((pass) => ['', ...passLines(pass, title)].join('\n')),
  ].join('\n')
}

/** What is less by, of what it was: `5.2 %`. */
function gain({ before, after }: PassExplanation['cost']): string {
  if (before === after) return '0'
  return `${((100 * (before - after)) / before).toPrecision(2)} %`
}

/** Where it is another number of bytes that are alive at once. */
function saved({ memory }: PassExplanation): readonly string[] | undefined {
  if (!memory || memory.before === memory.after) return undefined
  const [before, after] = [memory.before, memory.after].map(printBytes)
  return [`    at most ${after} of activations are alive at once, in place of ${before}`]
}

function passLines(pass: PassExplanation, title: (text: string) => string): readonly string[] {
  const { name, equation, fired, declined } = pass
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
    ...(saved(pass) ?? []),
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
