import type { CheckpointWeights } from '../checkpoint/bind.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { verify } from '../verify/verify.js'
import { type FileReport, verifyFile } from '../verify/verify-file.js'
import { exitCodes } from './failure.js'
import { interruptible } from './interrupt.js'
import { metered } from './meter.js'
import {
  choicesText,
  compilingOf,
  deployOptions,
  type ModelOptions,
  refuseFor,
  zooOptions,
} from './options.js'
import { type PrecisionOptions, precisionOf } from './precision.js'
import { print, printJson, styleOf } from './terminal.js'
import { comparisonsText, featuresText, verifyDocument } from './verdict.js'
import {
  type WeightsOptions,
  weightsDocument,
  weightsOptions,
  weightsText,
  withWeights,
} from './weights.js'

interface VerifyCommandOptions extends ModelOptions, WeightsOptions, PrecisionOptions {
  readonly opset?: number
  readonly features?: true
  readonly tolerance?: number
}

/** `heddle verify`: the network as written against the compiled one, in ONNX Runtime; or a file alone. */
export async function verifyModel(
  argument: string,
  options: VerifyCommandOptions,
): Promise<number> {
  if (/\.onnx$/i.test(argument)) return verifyOnnx(argument, options)
  return withWeights(argument, options, (model, weights, stated) =>
    verifyWith(argument, model, weights, stated),
  )
}

async function verifyWith(
  argument: string,
  model: Model,
  weights: CheckpointWeights | undefined,
  options: VerifyCommandOptions,
): Promise<number> {
  const { input, batch, seed, opset, tolerance } = options
  const report = await interruptible((signal) =>
    metered((progress) =>
      verify(model, {
        size: { ...input, ...(batch === undefined ? {} : { batch }) },
        seed,
        opset,
        tolerance,
        weights,
        ...compilingOf(options),
        ...precisionOf(options),
        signal,
        progress,
      }),
    ),
  )
  if (options.json)
    printJson({
      ...verifyDocument(report),
      ...(weights ? { weights: weightsDocument(weights) } : {}),
    })
  else {
    const { bold } = styleOf(process.stdout)
    const compiled = options.passes === false ? 'the same' : 'compiled'
    const chosen = report.chosen ? ' (a small size; state another by --input)' : ''
    const choices = await choicesText(argument, options, model)
    const text = [
      bold(report.model),
      choices === '' ? undefined : `  ${choices}`,
      `  input [${report.input.join(', ')}]${chosen}, ${weights ? '' : 'weights and '}image of seed ${report.seed}`,
      weights && weightsText(options.weights as string, weights),
      `  as written with ONNX Runtime's optimiser off, against ${compiled} with it on`,
      `  ${report.runtime}, on ${report.provider}`,
      '',
      comparisonsText(report.outputs),
      featuresText(report),
    ]
    print(text.filter((line) => line !== undefined).join('\n'))
  }
  return report.ok ? exitCodes.done : exitCodes.failed
}

async function verifyOnnx(path: string, options: VerifyCommandOptions): Promise<number> {
  const { input, batch, seed, opset, features, tolerance, passes, weights } = options
  refuseFor(
    path,
    'which is a file',
    {
      ...zooOptions(options),
      weights,
      ...weightsOptions(options),
      ...deployOptions(options),
      ...precisionOf(options),
      opset,
      features,
      'no-passes': passes === false ? true : undefined,
      passes: passes === false ? undefined : passes,
      target: options.target,
      lowMemory: options.lowMemory,
    },
    '--input, --batch, --seed and --tolerance',
  )
  if ((input && typeof input.height !== 'number') || (batch && typeof batch !== 'number'))
    throw new InputError({
      problem: `${path} runs at one size, and a dynamic one is asked for`,
      remedy: 'Give it in numbers, or leave it out.',
    })
  const size = input && ([input.height, input.width] as readonly [number, number])
  const report = await interruptible((signal) =>
    metered((progress) =>
      verifyFile(path, {
        ...(size ? { size } : {}),
        ...(batch === undefined ? {} : { sides: { batch } }),
        seed,
        tolerance,
        signal,
        progress,
      }),
    ),
  )
  expectBatch(report, batch)
  if (options.json) {
    const { ok, provider, outputs, ...rest } = report
    printJson({ ok, provider, outputs, ...rest })
  } else print(fileText(report))
  return report.ok ? exitCodes.done : exitCodes.failed
}

/** A batch that the file fixes, or calls otherwise, was not that asked for. */
function expectBatch({ path, inputs }: FileReport, batch: number | undefined): void {
  const [first] = inputs
  if (batch === undefined || first?.shape[0] === batch) return
  throw new InputError({
    problem: `--batch is ${batch}, and ${path} runs at [${first?.shape.join(', ')}]`,
    remedy: 'Leave --batch out: the file has its own.',
  })
}

function fileText({ path, provider, runtime, inputs, seed, outputs }: FileReport): string {
  const { bold } = styleOf(process.stdout)
  const lines = inputs.map(({ name, shape, chosen }) => {
    const open = chosen.length > 0 ? ` (${chosen.join(', ')} chosen here)` : ''
    return `  input ${name} [${shape.join(', ')}]${open}, of seed ${seed}`
  })
  return [
    bold(path),
    ...lines,
    "  ONNX Runtime's optimiser off against on",
    `  ${runtime}, on ${provider}`,
    '',
    comparisonsText(outputs),
  ].join('\n')
}
