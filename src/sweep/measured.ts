import { InputError } from '../errors.js'
import { csvCells } from './csv.js'
import type { Counted } from './point.js'

/** What was measured of networks elsewhere: accuracy, time. */
export interface Measured {
  /** What was measured, by the names of its columns. */
  readonly names: readonly string[]
  /** The value of a network; nothing where there is none. */
  of(counted: Counted, name: string): number | undefined
}

/** Columns that say which network a line is of: of those that are left out, any. */
const identity = ['network', 'options', 'input', 'batch'] as const

/**
 * Reads a CSV file of measurements: a column `network`, perhaps `options`, `input` and `batch`, and any others, of
 * numbers. An empty cell is unknown.
 * @throws {InputError} where there is no column `network`, or a cell is no number.
 */
export function readMeasured(path: string, lines: readonly string[]): Measured {
  const [head, ...rest] = lines.map((line) => csvCells(line) ?? [])
  if (!head?.includes('network'))
    throw new InputError({
      problem: `${path} has no column called network: ${head?.join(', ') || 'it is empty'}`,
      remedy: 'Its first line names its columns, as network,miou.',
    })
  const names = head.filter((name) => !identity.some((one) => one === name))
  const key = identity.filter((name) => head.includes(name))
  const values = new Map<string, ReadonlyMap<string, number>>()
  for (const [i, cells] of rest.entries()) {
    const cell = (name: string): string => cells[head.indexOf(name)]?.trim() ?? ''
    const numbers = names.flatMap((name) => {
      const text = cell(name)
      if (text === '') return []
      if (Number.isFinite(Number(text))) return [[name, Number(text)] as const]
      throw new InputError({
        problem: `${path}, line ${i + 2}, says ${text} of ${name}, which is no number`,
        remedy: 'Leave the cell empty where it is not known.',
      })
    })
    values.set(key.map(cell).join('\n'), new Map(numbers))
  }
  return {
    names,
    of: (counted, name) =>
      values.get(key.map((each) => String(counted[each])).join('\n'))?.get(name),
  }
}
