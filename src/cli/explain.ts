import type { Explanation, Fired, PassExplanation } from '../explain.js'
import { printBytes, printCost } from '../figures.js'
import { declinedLines, grouped, shortened } from './declined.js'
import { counted } from './figures.js'
import { table } from './table.js'

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
  }).map(([what, { length }]) => `fired at ${what}${length > 1 ? ` (${length} times)` : ''}`)
  return [
    `  ${title(name)}`,
    ...equation.split('\n').map((line) => `    ${line}`),
    ...indented(shortened(firedAt, (more) => `and at ${counted(more, 'other')}`)),
    ...(saved(pass) ?? []),
    ...indented(declinedLines(declined)),
  ]
}

/** Places that differ in numbers alone are one: `stage4.*.fuse_layers.*.1`. */
function patternOf(path: string): string {
  return path.replace(/\b\d+\b/g, '*')
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`)
}
