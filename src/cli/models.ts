import type { Family } from '../models/family.js'
import { families } from '../models/zoo.js'
import { optionName } from '../spelling.js'
import { exitCodes } from './failure.js'
import { table } from './table.js'
import { print, printJson, styleOf, terminalWidth } from './terminal.js'

/** `heddle models`: the networks of the zoo. */
export function listModels({ json }: { readonly json?: true }): number {
  if (json) printJson({ families: families.map(familyDocument) })
  else {
    const { bold, dim } = styleOf(process.stdout)
    print(familiesText(bold))
    print(
      dim(
        [
          '',
          '  {C} is the width of the finest branch, from 1: hrnet-v2-w18, hrnet-v2-w48.',
          '  input: height x width where none is asked for. fusion: how it upsamples.',
          '  Those that say how take --upsample nearest|bilinear, --align-corners,',
          '  --fuse-to-size and --fuse-twice.',
        ].join('\n'),
      ),
    )
  }
  return exitCodes.done
}

function familyDocument({ name, summary, options, defaults, size, outputs }: Family): object {
  return { name, summary, input: size, options: options.map(optionName), defaults, outputs }
}

/** A line for each family; two where the terminal is too narrow. */
function familiesText(title: (text: string) => string): string {
  const columns = ['name', 'input', 'fusion', 'options', 'network'].map((title) => ({ title }))
  const rows = families.map((family) => [
    family.name,
    family.size.join('x'),
    family.defaults.upsample ?? '',
    ownOptions(family),
    family.summary,
  ])
  const width = columns.reduce(
    (sum, _, i) => sum + 2 + Math.max(...rows.map((row) => (row[i] as string).length)),
    0,
  )
  if (width <= terminalWidth()) return table(columns, rows, { title })
  return rows
    .map(([name = '', input, fusion, options, summary]) =>
      [`  ${title(name)}  ${input}  ${fusion}  ${options}`.trimEnd(), `      ${summary}`].join(
        '\n',
      ),
    )
    .join('\n')
}

/** Those that not every family has, with their defaults. */
function ownOptions({ options, defaults }: Family): string {
  return options
    .filter((option) => option === 'classes' || option === 'joints' || option === 'unit')
    .map((option) => `${optionName(option)} ${defaults[option]}`)
    .join(' ')
}
