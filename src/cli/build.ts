import { build } from '../build.js'
import { specialise } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { expectRunFits, printBytes } from '../footprint.js'
import { memoryHere } from '../memory.js'
import { planRun } from '../run-size.js'
import { type VerifyReport, verify } from '../verify.js'
import { exitCodes, shownPath } from './failure.js'
import { duration, whole } from './figures.js'
import { interruptible } from './interrupt.js'
import { metered } from './meter.js'
import { inputShape, inputSize, type ModelOptions, modelFrom, passesOf } from './options.js'
import { table } from './table.js'
import { print, printJson, styleOf } from './terminal.js'
import { comparisonsText, verifyDocument } from './verdict.js'

interface BuildCommandOptions extends ModelOptions {
  readonly output?: string
  readonly opset?: number
  readonly externalData?: true
  readonly verify?: true
}

/** `heddle build`: an ONNX file; with `--verify`, checked as it stands on the disk. */
export async function buildModel(argument: string, options: BuildCommandOptions): Promise<number> {
  const { output } = options
  if (output?.trim() === '')
    throw new InputError({
      problem: '--output is empty',
      remedy: 'Give the path of the file: -o net.onnx.',
    })
  const model = await modelFrom(argument, options)
  const size = inputSize(model, options)
  const { seed, opset } = options
  const common = { size, seed, opset, ...passesOf(options) }
  // Before there is a file, so that none is left where the check could not run.
  if (options.verify) expectRunFits(specialise(model.graph, planRun(model, size).run), memoryHere())
  const { built, verified } = await interruptible((signal) =>
    metered(async (progress) => {
      const built = await build(model, {
        ...common,
        output: output ?? defaultOutput(model),
        ...(options.externalData ? { external: true } : {}),
        signal,
        progress,
      })
      const verified = options.verify
        ? await verify(model, { ...common, path: built.path, signal, progress })
        : undefined
      return { built, verified }
    }),
  )
  const { path, dataPath, bytes, parameters, nodes } = built
  const passes = built.passes.map(({ name, before, after, ms }) => ({ name, before, after, ms }))
  if (options.json)
    printJson({
      path,
      ...(dataPath === undefined ? {} : { dataPath }),
      bytes,
      parameters,
      nodes,
      passes,
      model: model.name,
      input: inputShape(model, size),
      seed,
      ...(verified ? { verify: verifyDocument(verified) } : {}),
    })
  else {
    const { bold } = styleOf(process.stdout)
    const files = [path, dataPath].filter((file) => file !== undefined).map(shownPath)
    print(
      [
        bold(files.join(' and ')),
        `  ${model.name}, input [${inputShape(model, size).join(', ')}], weights of seed ${seed}`,
        `  ${printBytes(bytes)} (${whole(bytes)} bytes), ${whole(parameters)} parameters, ${nodes} nodes`,
        '',
        passesText(passes, bold),
        ...(verified ? ['', verdictText(verified)] : []),
      ].join('\n'),
    )
  }
  return verified && !verified.ok ? exitCodes.failed : exitCodes.done
}

/** Named after the model, in the current folder. */
function defaultOutput({ name }: Model): string {
  return `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.onnx`
}

interface PassLine {
  readonly name: string
  readonly before: number
  readonly after: number
  readonly ms: number
}

function passesText(passes: readonly PassLine[], title: (text: string) => string): string {
  if (passes.length === 0) return '  no passes: as it is written'
  return table(
    [
      { title: 'pass' },
      { title: 'nodes before', align: 'right' },
      { title: 'after', align: 'right' },
      { title: 'time', align: 'right' },
    ],
    passes.map(({ name, before, after, ms }) => [
      name,
      String(before),
      String(after),
      duration(ms),
    ]),
    { title },
  )
}

function verdictText(report: VerifyReport): string {
  return `${comparisonsText(report.outputs)}\n  run at [${report.input.join(', ')}] on ${report.provider}, ${report.runtime}`
}
