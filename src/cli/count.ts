import type { ConventionName } from '../analysis/conventions.js'
import type { Count, Figures } from '../analysis/count.js'
import { explainFigure } from '../analysis/explain-figure.js'
import { count, countByConventions } from '../count.js'
import type { Model } from '../dsl/model.js'
import { printFigure } from '../figures.js'
import { conventionsText, readingsText } from './conventions.js'
import { exitCodes } from './failure.js'
import { counted as howMany, share, short, whole } from './figures.js'
import { choicesText, fixedSize, inputShape, type ModelOptions, modelFrom } from './options.js'
import { pairs, table } from './table.js'
import { print, printJson, styleOf } from './terminal.js'

interface CountOptions extends ModelOptions {
  readonly by?: 'stage' | 'branch' | 'layer'
  readonly convention?: readonly ConventionName[]
  /** A published figure, as it is printed. */
  readonly explain?: string
}

/** `heddle count`: parameters and multiply-accumulates of the network as written. */
export async function countModel(argument: string, options: CountOptions): Promise<number> {
  const model = await modelFrom(argument, options)
  const size = fixedSize(model, options, 'what a network costs depends on it')
  const counted = count(model, { size })
  const input = inputShape(model, size)
  const { convention, explain } = options
  const asked = options.json || convention !== undefined || explain !== undefined
  const conventions = asked ? countByConventions(model, { size }, convention) : []
  const readings = explain === undefined ? [] : explainFigure(explain, counted, conventions)
  if (options.json) {
    const { parameters, macs, ...more } = counted
    const figures = conventions.map(({ uncovered, ...figure }) =>
      uncovered.length > 0 ? { ...figure, uncovered } : figure,
    )
    const explained = explain === undefined ? {} : { explain: { figure: explain, readings } }
    const counts = { parameters, macs, ...more, conventions: figures, ...explained }
    printJson({ model: model.name, input, ...counts })
  } else {
    const style = styleOf(process.stdout)
    const details = [
      ...(explain === undefined ? [] : [readingsText(explain, readings, style.bold)]),
      ...(convention ? [conventionsText(model, conventions, style)] : []),
    ]
    print(await countText(argument, model, counted, options, input.join(' x '), details))
  }
  return exitCodes.done
}

async function countText(
  argument: string,
  model: Model,
  counted: Count,
  options: CountOptions,
  input: string,
  /** What is asked for; where it is nothing, the parts. */
  details: readonly string[],
): Promise<string> {
  const { bold, dim, yellow } = styleOf(process.stdout)
  const { parameters, buffers, macs, activations, bytes, layers, unknown } = counted
  const choices = await choicesText(argument, options, model)
  return [
    bold(model.name),
    pairs([
      [
        'input',
        `${input} (${model.image.format ? 'batch x height x width x channels' : 'batch x channels x height x width'})`,
      ],
      ...(choices ? [['choices', choices] as const] : []),
      [
        'parameters',
        parameters < 1000
          ? String(parameters)
          : `${whole(parameters)} = ${printFigure(parameters, 'parameters')}`,
      ],
      ['buffers', `${whole(buffers)} running means and variances, not trained`],
      ['MACs', macs === 0 ? '0' : `${whole(macs)} = ${printFigure(macs, 'macs')}`],
      ['activations', `${whole(activations)} out of convolutions and linear layers`],
      ['weights', `${printFigure(bytes.weights, 'bytes')}`],
      [
        'layers',
        [
          howMany(layers.conv, 'convolution'),
          howMany(layers.norm, 'batch norm'),
          howMany(layers.linear, 'linear layer'),
        ].join(', '),
      ],
    ]),
    '',
    ...details.flatMap((text) => [text, '']),
    ...(details.length > 0 && options.by === undefined
      ? []
      : [partsText(counted, options.by ?? 'branch', bold), '']),
    dim(
      '  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.',
    ),
    dim('  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.'),
    ...(unknown.length > 0
      ? [
          yellow(
            `  Not counted: ${howMany(unknown.length, 'foreign operator')} (${[
              ...new Set(unknown.map(({ operator }) => operator)),
            ].join(', ')}).`,
          ),
        ]
      : []),
  ].join('\n')
}

function partsText(
  counted: Count,
  by: NonNullable<CountOptions['by']>,
  title: (text: string) => string,
): string {
  const cells = (name: string, figures: Figures): readonly string[] => [
    name,
    whole(figures.parameters),
    share(figures.parameters, counted.parameters),
    short(figures.macs),
    share(figures.macs, counted.macs),
    short(figures.activations),
  ]
  const parts = counted.parts[by].filter(
    ({ parameters, macs, activations }) => parameters + macs + activations > 0,
  )
  return table(
    [
      { title: by },
      { title: 'parameters', align: 'right' },
      { title: 'share', align: 'right' },
      { title: 'MACs', align: 'right' },
      { title: 'share', align: 'right' },
      { title: 'activations', align: 'right' },
    ],
    [...parts.map((part) => cells(part.path, part)), cells('all', counted)],
    { title },
  )
}
