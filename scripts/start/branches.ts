import { type Count, hrnetTrunk } from 'heddle'
import { quiet } from './terminal.js'

/** The stages of an HRNet side by side, its branches one below the other, as the paper draws them. */
export function drawBranches(width: number, counted: Count, head: string): string {
  const features = Object.values(hrnetTrunk(width).outputs)
  const paths = new Set(counted.parts.branch.map(({ path }) => path))
  const stage = (n: number): { name: string; branches: readonly string[] } => ({
    name: `stage ${n}`,
    branches: features
      .filter((_, i) => paths.has(`stage${n}.*.branches.${i}`))
      .map(({ channels }) => ` ${channels} `),
  })
  const columns = [
    { name: 'stem', branches: [''] },
    { name: 'stage 1', branches: [''] },
    ...[2, 3, 4].map(stage),
    { name: 'head', branches: [` ${head} `] },
  ]
  const cell = 10
  const lines = features.map(({ stride }, row) => {
    const cells = columns.map(({ branches }, i) => {
      const label = branches[row]
      const joint = jointAt(row, columns[i - 1]?.branches.length ?? 1, branches.length)
      return joint + (label === undefined ? '' : middle(label, cell - 1, '─')).padEnd(cell - 1)
    })
    return `  ${`stride ${stride}`.padEnd(cell)}${cells.join('')}`.trimEnd()
  })
  const names = columns.map(({ name }) => middle(name, cell, ' ')).join('')
  return [quiet(`${' '.repeat(cell + 2)}${names}`.trimEnd()), ...lines].join('\n')
}

/** The line between two stages at one branch, of as many as there are before and after it. */
function jointAt(row: number, before: number, after: number): string {
  const last = Math.max(before, after) - 1
  const [left, right] = [row < before, row < after]
  if (row > last) return ' '
  if (last === 0) return '─'
  if (row === 0) return '┬'
  if (row === last) return left ? (right ? '┴' : '┘') : '└'
  return left ? (right ? '┼' : '┤') : '├'
}

function middle(text: string, width: number, fill: string): string {
  return text.padStart((width + text.length) >> 1, fill).padEnd(width, fill)
}
