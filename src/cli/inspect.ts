import { type Fit, fitOptions } from '../checkpoint/fits.js'
import { type Inspection, inspectCheckpoint } from '../checkpoint/inspect.js'
import { elementCount } from '../compiler/dimension.js'
import { printBytes } from '../figures.js'
import { listed } from '../spelling.js'
import { shownName } from '../weights/formats/place.js'
import { keyPart } from '../weights/layouts/recognise.js'
import { exitCodes } from './failure.js'
import { whole } from './figures.js'
import { interruptible } from './interrupt.js'
import { pairs, table } from './table.js'
import { print, printJson, styleOf } from './terminal.js'
import type { ContainerOptions } from './weights.js'

/** How many other containers are told of by name. */
const mostContainers = 8

/** `heddle inspect`: what is in a file of weights, and which networks of the zoo it fits. */
export async function inspectFile(
  file: string,
  { json, ...options }: ContainerOptions & { readonly json?: true },
): Promise<number> {
  const found = await interruptible((signal) => inspectCheckpoint(file, { ...options, signal }))
  if (json) {
    const { fits, ...rest } = found
    printJson({ ...rest, fits: fits.map((fit) => ({ ...fit, options: fitOptions(fit.options) })) })
  } else print(inspectionText(found))
  return exitCodes.done
}

function inspectionText(found: Inspection): string {
  const { file, format, bytes, container, containers, layout, tensors, fits, notes } = found
  const { bold } = styleOf(process.stdout)
  const others = containers.filter((name) => name !== container)
  const parts = partsOf(tensors)
  const values = parts.reduce((sum, part) => sum + part.values, 0)
  const types = [...new Set(tensors.map(({ dtype }) => dtype))].join(', ')
  return [
    bold(file),
    pairs([
      ['format', `${format}, ${printBytes(bytes)} (${whole(bytes)} bytes)`],
      ...(containers.join() === ''
        ? []
        : [['container', containersText(container, others)] as const]),
      ['layout', layout],
      ['tensors', `${whole(tensors.length)} of ${whole(values)} values, ${types}`],
      ...notes.map((note) => ['note', note] as const),
    ]),
    '',
    fits.length > 0 ? fitsText(fits, bold) : '  No network of the zoo fits.',
    '',
    table(
      [
        { title: 'part' },
        { title: 'tensors', align: 'right' },
        { title: 'values', align: 'right' },
      ],
      parts.map(({ name, tensors, values }) => [shownName(name), whole(tensors), whole(values)]),
      { title: bold },
    ),
  ].join('\n')
}

/** `state_dict (state_dict_ema, outer.inner)`: the one that was taken, and what else there is. */
function containersText(taken: string, others: readonly string[]): string {
  const [first, ...rest] = [taken, ...others].map((name) =>
    name === '' ? 'the file' : shownName(name),
  )
  return rest.length > 0 ? `${first} (${listed(rest, mostContainers)})` : `${first}`
}

function fitsText(fits: readonly Fit[], title: (text: string) => string): string {
  return table(
    [
      { title: 'network' },
      { title: 'missing', align: 'right' },
      { title: 'extra', align: 'right' },
      { title: 'unused', align: 'right' },
      { title: '' },
    ],
    fits.map(({ model, options, missing, extra, unused }) => [
      `${model} ${fitOptions(options)}`.trimEnd(),
      whole(missing.length),
      whole(extra.length),
      whole(unused.length),
      missing.length + extra.length === 0 ? 'fits' : '',
    ]),
    { title },
  )
}

interface Part {
  readonly name: string
  readonly tensors: number
  readonly values: number
}

/** Tensors by the first component of their keys, in the order of the file. */
function partsOf(all: Inspection['tensors']): readonly Part[] {
  const parts = new Map<string, Part>()
  for (const { name: key, shape } of all) {
    const name = keyPart(key)
    const { tensors = 0, values = 0 } = parts.get(name) ?? {}
    parts.set(name, { name, tensors: tensors + 1, values: values + elementCount(shape) })
  }
  return [...parts.values()]
}
