import { existsSync, realpathSync } from 'node:fs'
import { drawAnswer } from '../answer/draw.js'
import type { AnswerKind } from '../answer/ends.js'
import type { Answered } from '../answer/network.js'
import type { PictureAnswer } from '../answer/result.js'
import { readPicture, runPicture } from '../answer/run-picture.js'
import { InputError } from '../errors.js'
import { writeFiles } from '../files/write.js'
import { encodePng } from '../picture/encode.js'
import type { Picture } from '../picture/picture.js'
import type { Box } from '../picture/window.js'
import { optionName } from '../spelling.js'
import { exitCodes, shownPath } from './failure.js'
import { share, whole } from './figures.js'
import { interruptible } from './interrupt.js'
import { readLabels } from './labels.js'
import { metered } from './meter.js'
import { type ProviderCommandOptions, providerOf, ranText } from './provider.js'
import { type Column, table } from './table.js'
import { note, print, printJson, styleOf } from './terminal.js'
import type { Sides } from './values.js'

/** What `heddle run` understands, as commander hands it over. */
export interface RunCommandOptions extends ProviderCommandOptions {
  readonly out?: string
  readonly box?: Box
  readonly top?: number
  readonly labels?: string
  readonly opacity?: number
  readonly input?: Sides
  readonly as?: AnswerKind
  readonly json?: true
}

/** `heddle run`: a picture in, an answer out. */
export async function runOnPicture(
  network: string,
  path: string,
  options: RunCommandOptions,
): Promise<number> {
  const { out: output, box, top, as, opacity } = options
  if (output !== undefined) expectOutput(output, network, path)
  const input = inputOf(options)
  const picture = await readPicture(path)
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels)
  const answered = await interruptible((signal) =>
    metered(async (progress) => {
      const answered = await runPicture(network, picture, {
        as,
        labels,
        box,
        top,
        input,
        ...providerOf(options),
        signal,
        progress,
      })
      expectApplying(network, answered.answer, options)
      if (output !== undefined) await draw(output, picture, answered.answer, opacity, signal)
      return answered
    }),
  )
  if (options.json) printJson(documentOf(picture, answered, output))
  else print(textOf(path, picture, answered, output))
  return exitCodes.done
}

/** A picture is drawn as PNG alone, and never over what it is made of. */
function expectOutput(output: string, ...sources: readonly string[]): void {
  if (!/\.png$/i.test(output))
    throw new InputError({
      problem: `--out is ${output}, which does not end in .png`,
      remedy: 'The answer is drawn as PNG: -o out.png.',
    })
  const same = sources.find(
    (source) =>
      existsSync(source) && existsSync(output) && realpathSync(source) === realpathSync(output),
  )
  if (same !== undefined)
    throw new InputError({
      problem: `${output} is the file that is read`,
      remedy: 'Give the path of another: -o out.png.',
    })
}

function inputOf({ input }: RunCommandOptions): { width: number; height: number } | undefined {
  if (!input) return undefined
  const { height, width } = input
  if (typeof height === 'number' && typeof width === 'number') return { height, width }
  throw new InputError({
    problem: '--input is dynamic, and a picture is run at one size',
    remedy: 'Give it in numbers, as 512x1024, or leave it out.',
  })
}

/** Refuses options that say nothing to an answer of this kind. */
function expectApplying(
  network: string,
  { kind }: PictureAnswer,
  { box, top, opacity }: RunCommandOptions,
): void {
  const applying = {
    box: ['pose', 'landmarks'],
    top: ['classification'],
    opacity: ['segmentation'],
  }
  for (const [option, value] of Object.entries({ box, top, opacity }))
    if (value !== undefined && !applying[option as keyof typeof applying].includes(kind))
      throw new InputError({
        problem: `${optionName(option)} does not apply to ${network}, which answers ${kind}`,
        remedy: `Leave it out: it is for ${applying[option as keyof typeof applying].join(' and ')}.`,
      })
}

async function draw(
  output: string,
  picture: Picture,
  answer: PictureAnswer,
  opacity: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield await encodePng(drawAnswer(picture, answer, { opacity }))
  }
  await writeFiles([{ path: output, chunks: chunks() }], { signal })
}

/** The answer for programs. */
function documentOf(
  { width, height }: Picture,
  { answer, input, assumed, ...ran }: Answered,
  output: string | undefined,
): object {
  return {
    answer: answer.kind,
    ...ran,
    picture: { width, height },
    input: { width: input.width, height: input.height },
    assumed,
    ...(output === undefined ? {} : { output }),
    ...listsOf(answer),
  }
}

function listsOf(answer: PictureAnswer): object {
  switch (answer.kind) {
    case 'segmentation':
    case 'classification':
      return { classes: answer.classes }
    default:
      return { box: answer.box, points: answer.points }
  }
}

function textOf(
  path: string,
  { width, height }: Picture,
  { answer, input, assumed, ...ran }: Answered,
  output: string | undefined,
): string {
  const { bold } = styleOf(process.stdout)
  const { yellow } = styleOf(process.stderr)
  for (const one of assumed) note(`${yellow('assumed:')} ${one}`)
  const [columns, rows] = rowsOf(answer)
  return [
    bold(path),
    `  ${answer.kind} of ${width}x${height} pixels, run at ${input.width}x${input.height} (width x height)`,
    ranText(ran),
    '',
    table(columns, rows, { title: bold }),
    ...(output === undefined ? [] : ['', `  drawn in ${shownPath(output)}`]),
  ].join('\n')
}

function rowsOf(
  answer: PictureAnswer,
): readonly [columns: readonly Column[], rows: readonly (readonly string[])[]] {
  const right = (title: string): Column => ({ title, align: 'right' })
  switch (answer.kind) {
    case 'segmentation':
      return [
        [{ title: 'class' }, right('pixels'), right('share')],
        answer.classes.map(({ index, label, pixels, share: part }) => [
          label ?? `${index}`,
          whole(pixels),
          share(part, 1),
        ]),
      ]
    case 'classification':
      return [
        [{ title: 'class' }, right('probability')],
        answer.classes.map(({ index, label, probability }) => [
          label ?? `${index}`,
          probability === undefined ? '–' : share(probability, 1),
        ]),
      ]
    default:
      return [
        [
          { title: answer.kind === 'pose' ? 'joint' : 'landmark' },
          right('x'),
          right('y'),
          right('score'),
        ],
        answer.points.map(({ index, label, x, y, score }) => [
          label ?? `${index}`,
          // Without a number above 0, a heatmap says of no place that it is there.
          score > 0 ? x.toFixed(1) : '–',
          score > 0 ? y.toFixed(1) : '–',
          score.toFixed(3),
        ]),
      ]
  }
}
