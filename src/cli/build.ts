import { existsSync, realpathSync } from 'node:fs'
import { expectRunFits } from '../analysis/footprint.js'
import { build } from '../build/build.js'
import type { CheckpointWeights } from '../checkpoint/bind.js'
import { specialise } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { printBytes } from '../figures.js'
import { memoryHere } from '../runtime/memory.js'
import { expectRuntime } from '../runtime/session.js'
import { optionName } from '../spelling.js'
import { planRun } from '../verify/run-size.js'
import { type VerifyReport, verify } from '../verify/verify.js'
import { explanationText } from './explain.js'
import { exitCodes, shownPath } from './failure.js'
import { whole } from './figures.js'
import { fileArgument } from './file-argument.js'
import { interruptible } from './interrupt.js'
import { metered } from './meter.js'
import { choicesText, compilingOf, inputShape, inputSize, type ModelOptions } from './options.js'
import { passesDocument, passesText } from './passes.js'
import { calibrationText, type PrecisionOptions, precisionOf } from './precision.js'
import { type ProviderCommandOptions, providerOf, ranText } from './provider.js'
import { print, printJson, styleOf } from './terminal.js'
import { verdictText, verifyDocument } from './verdict.js'
import { type WeightsOptions, weightsDocument, weightsText, withWeights } from './weights.js'

interface BuildCommandOptions
  extends ModelOptions,
    WeightsOptions,
    PrecisionOptions,
    ProviderCommandOptions {
  readonly out?: string
  readonly opset?: number
  readonly streams?: number
  readonly externalData?: true
  readonly weightsInPlace?: true
  readonly verify?: true
  readonly explain?: true
}

/** `heddle build`: an ONNX file; with `--verify`, checked as it stands on the disk. */
export async function buildModel(argument: string, options: BuildCommandOptions): Promise<number> {
  expectNoSeed(options)
  return withWeights(argument, options, (model, weights, stated) =>
    buildWith(argument, model, weights, stated),
  )
}

async function buildWith(
  argument: string,
  model: Model,
  weights: CheckpointWeights | undefined,
  options: BuildCommandOptions,
): Promise<number> {
  const output = options.out ?? defaultOutput(model)
  expectNotSource(fileArgument(argument)?.path, output)
  const size = inputSize(model, options)
  const { seed = 0, opset, streams } = options
  const common = {
    size,
    opset,
    ...(weights ? { weights } : { seed }),
    ...compilingOf(options),
    ...precisionOf(options),
  }
  if (!options.verify) expectNoProvider(options)
  if (options.precision === 'int8') expectRuntime()
  // Before there is a file, so that none is left where the check could not run.
  if (options.verify) {
    expectRuntime()
    // What does not take the size that is asked for says so of that size.
    specialise(model.graph, size)
    expectRunFits(specialise(model.graph, planRun(model, size).run), memoryHere())
  }
  const { built, verified } = await interruptible((signal) =>
    metered(async (progress) => {
      const built = await build(model, {
        ...common,
        streams,
        output,
        ...(options.externalData ? { external: true } : {}),
        inPlace: options.weightsInPlace,
        signal,
        progress,
      })
      const verified = options.verify
        ? await verify(model, {
            ...common,
            ...providerOf(options),
            path: built.path,
            signal,
            progress,
          })
        : undefined
      return { built, verified }
    }),
  )
  const { path, dataPath, weightPaths, bytes, parameters, nodes, precision, calibration } = built
  if (options.json)
    printJson({
      path,
      ...(dataPath === undefined ? {} : { dataPath }),
      ...(weightPaths === undefined ? {} : { weightPaths }),
      bytes,
      parameters,
      nodes,
      passes: passesDocument(built.passes),
      precision,
      ...(calibration && { calibration }),
      target: built.target,
      ...(options.explain ? { explanation: built.explanation } : {}),
      model: model.name,
      input: inputShape(model, size),
      ...(weights ? { weights: weightsDocument(weights) } : { seed }),
      ...(verified ? { verify: verifyDocument(verified) } : {}),
    })
  else {
    const { bold } = styleOf(process.stdout)
    const choices = await choicesText(argument, options, model)
    const files = [path, dataPath].filter((file) => file !== undefined).map(shownPath)
    print(
      [
        bold(files.join(' and ')),
        `  ${model.name}, input [${inputShape(model, size).join(', ')}]${weights ? '' : `, weights of seed ${seed}`}`,
        ...(weights ? [weightsText(options.weights as string, weights)] : []),
        ...(weightPaths
          ? [
              `  refers to its weights where they lie: keep ${weightPaths.map(shownPath).join(', ')}`,
            ]
          : []),
        ...(choices ? [`  ${choices}`] : []),
        ...(calibration ? [calibrationText(calibration, bold)] : []),
        ...(precision === 'float16' ? ['  float16, input and outputs in float32'] : []),
        `  ${printBytes(bytes)} (${whole(bytes)} bytes), ${whole(parameters)} parameters, ${whole(nodes)} nodes`,
        '',
        options.explain ? explanationText(built.explanation, bold) : passesText(built.passes, bold),
        ...(verified ? ['', checkedText(verified)] : []),
      ].join('\n'),
    )
  }
  return verified && !verified.ok ? exitCodes.failed : exitCodes.done
}

/** Named after the model, in the current folder. */
function defaultOutput({ name }: Model): string {
  return `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.onnx`
}

function expectNoSeed({ weights, seed }: BuildCommandOptions): void {
  if (weights === undefined || seed === undefined) return
  throw new InputError({
    problem: `--seed ${seed} and --weights ${weights} both say what the weights are`,
    remedy: 'Give one of them.',
  })
}

/** A file is built without being run. */
function expectNoProvider(options: BuildCommandOptions): void {
  const { provider, allowCpuNodes, cudaFolder, tf32, engine } = options
  const asked = { provider, allowCpuNodes, cudaFolder, tf32, engine }
  const [first] = Object.entries(asked).filter(([, value]) => value !== undefined)
  if (first)
    throw new InputError({
      problem: `${optionName(first[0])} says what a network runs on, and none is run`,
      remedy: 'Leave it out, or let what was built be run: --verify. What it is for is --target.',
    })
}

/** A network's own file is no place for what is made of it. */
function expectNotSource(source: string | undefined, output: string): void {
  if (source === undefined || !existsSync(output)) return
  if (realpathSync(output) !== realpathSync(source)) return
  throw new InputError({
    problem: `${output} is the file that the network is written in`,
    remedy: 'Give the path of another: -o net.onnx.',
  })
}

function checkedText(report: VerifyReport): string {
  return `${verdictText(report)}\n  run at [${report.input.join(', ')}]\n${ranText(report)}`
}
