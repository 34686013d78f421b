import { InputError } from '../errors.js'
import { version } from '../version.js'
import { csvCells, csvLine } from './csv.js'
import type { Counted } from './point.js'

const columns = {
  network: ({ network }) => network,
  options: ({ options }) => options,
  input: ({ input }) => input,
  batch: ({ batch }) => batch,
  parameters: ({ parameters }) => parameters,
  macs: ({ macs }) => macs,
  activations: ({ activations }) => activations,
  buffers: ({ buffers }) => buffers,
  weight_bytes: ({ bytes }) => bytes.weights,
  activation_bytes: ({ bytes }) => bytes.activations,
} as const satisfies Readonly<Record<string, (one: Counted) => string | number>>

/** The names of the columns: figures, conventions, and last which heddle counted. */
function names(conventions: readonly string[]): readonly string[] {
  return [...Object.keys(columns), ...conventions, 'heddle']
}

/** The first line of a file of results. */
export function resultsHead(conventions: readonly string[]): string {
  return csvLine(names(conventions))
}

/** The line of a point that was counted. */
export function resultLine(counted: Counted): string {
  const figures = Object.values(columns).map((of) => of(counted))
  return csvLine([...figures, ...Object.values(counted.conventions), version])
}

/**
 * Reads the lines of a file of results.
 * @throws {InputError} where it is none, or one of another heddle or of other conventions.
 */
export function readResults(
  path: string,
  lines: readonly string[],
  conventions: readonly string[],
): readonly Counted[] {
  const [head, ...rest] = lines
  if (head === undefined) return []
  const expected = resultsHead(conventions)
  if (head !== expected)
    throw new InputError({
      problem: `${path} holds no results of this sweep: it begins with ${shortened(head)}`,
      remedy: `Give another file. Results begin with ${expected}`,
    })
  return rest.map((line, i) => resultOf(line, `${path}, line ${i + 2},`, conventions))
}

function resultOf(line: string, where: string, conventions: readonly string[]): Counted {
  const cells = csvCells(line)
  const expected = names(conventions)
  const problem = (what: string): InputError =>
    new InputError({
      problem: `${where} ${what}`,
      remedy: 'Give another file, or take that line out: its network is counted again.',
    })
  if (cells?.length !== expected.length)
    throw problem(
      `has ${cells?.length ?? 'broken'} cells of ${expected.length}: ${shortened(line)}`,
    )
  const text = (name: string): string => cells[expected.indexOf(name)] as string
  const whole = (name: string): number => {
    if (/^\d+$/.test(text(name)) && Number.isSafeInteger(Number(text(name))))
      return Number(text(name))
    throw problem(`says ${text(name) || 'nothing'} of ${name}, which is no whole number`)
  }
  if (text('heddle') !== version)
    throw new InputError({
      problem: `${where} was counted by heddle ${text('heddle') || 'nobody'}; this is ${version}`,
      remedy: 'Give another file: figures of two versions are not mixed.',
    })
  return {
    network: text('network'),
    options: text('options'),
    input: text('input'),
    batch: whole('batch'),
    parameters: whole('parameters'),
    macs: whole('macs'),
    activations: whole('activations'),
    buffers: whole('buffers'),
    bytes: { weights: whole('weight_bytes'), activations: whole('activation_bytes') },
    conventions: Object.fromEntries(conventions.map((name) => [name, whole(name)])),
  }
}

function shortened(line: string): string {
  return line.length <= 60 ? line || 'an empty line' : `${line.slice(0, 59)}…`
}
