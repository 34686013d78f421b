import { type Command, Option } from 'commander'
import type { Pass } from '../compiler/rewrite.js'
import { type InputSize, printSide, type Side, sidesGiven } from '../compiler/specialise.js'
import { type DeployOptions, deployed } from '../dsl/deployed.js'
import { labelled } from '../dsl/labelled.js'
import type { Model } from '../dsl/model.js'
import { withOutputs } from '../dsl/outputs.js'
import { InputError } from '../errors.js'
import type { ZooOptions } from '../models/family.js'
import { instructionsHere } from '../runtime/instructions.js'
import { optionName, optionText } from '../spelling.js'
import { mostStreams } from '../targets/expect.js'
import { passesNamed } from '../targets/named.js'
import type { Target } from '../targets/target.js'
import { targetOf, targets } from '../targets/targets.js'
import { fileArgument } from './file-argument.js'
import { readLabels } from './labels.js'
import type { PrecisionOptions } from './precision.js'
import {
  answerForm,
  batchSide,
  batchSizes,
  inputSides,
  inputSizes,
  oneOf,
  type Sides,
  wholeNumber,
} from './values.js'

/** What every command that takes a model understands, as commander hands it over. */
export interface ModelOptions extends ZooOptions, DeployOptions {
  readonly input?: Sides
  readonly batch?: Side
  readonly seed?: number
  /** Those that are wanted. */
  readonly outputs?: readonly string[] | undefined
  /** Their names; false after `--no-passes`. */
  readonly passes?: readonly string[] | false
  readonly target?: string
  readonly lowMemory?: boolean
  /** A file of labels, where a command takes one. */
  readonly labels?: string
  readonly json?: true
}

/** The options that make a network: what only networks of the zoo take. */
const networkOptions = [
  new Option('--classes <n>', 'classes to tell apart').argParser(wholeNumber('--classes', 1)),
  new Option('--joints <n>', 'joints or landmarks to find').argParser(wholeNumber('--joints', 1)),
  new Option('--proposals <n>', 'boxes that a detector looks at closely').argParser(
    wholeNumber('--proposals', 1),
  ),
  new Option('--detections <n>', 'boxes that come out of a detector').argParser(
    wholeNumber('--detections', 1),
  ),
  new Option('--unit <kind>', 'units of the branches: basic or bottleneck').argParser(
    oneOf('--unit', ['basic', 'bottleneck']),
  ),
  new Option('--upsample <mode>', 'how fusion upsamples: nearest or bilinear').argParser(
    oneOf('--upsample', ['nearest', 'bilinear']),
  ),
  new Option('--align-corners', 'resize from corner to corner, in fusion and head'),
  new Option('--no-align-corners', 'do not: of the zoo, HRNet-OCR does by default'),
  new Option('--fuse-to-size', 'fuse to the exact size of the target, for inputs of any size'),
  new Option('--fuse-twice', 'fuse by the factor, then to the exact size, as mmsegmentation does'),
  new Option('--head-bias', "biases before the head's batch norms, as the authors have them"),
  new Option('--no-head-bias', "none, as OpenMMLab's heads and some of timm's"),
  new Option('--final-kernel <n>', "side of the head's last kernel: 1 or 3").argParser(
    (text: string) => Number(oneOf('--final-kernel', ['1', '3'])(text)),
  ),
  new Option('--pooling <kind>', 'how the coarser levels are pooled: average or max').argParser(
    oneOf('--pooling', ['average', 'max']),
  ),
  new Option('--share-conv', 'one last convolution for all levels'),
  new Option('--stem <kind>', 'how a ResNet begins: 3x3, 7x7 or deep').argParser(
    oneOf('--stem', ['3x3', '7x7', 'deep']),
  ),
  new Option('--stride-first', "a ResNet's first 1x1 convolutions coarsen"),
  new Option('--no-stride-first', 'its 3x3 convolutions do'),
  new Option('--head-conv', "a 3x3 convolution before the last of DeepLabv3's head"),
  new Option('--position-bias', "HRFormer's bias of relative positions, for poses (default)"),
  new Option('--no-position-bias', "none, as in the authors' code for poses"),
]

/** The options that change a network's two ends, of the zoo or of the user's. */
const endOptions = [
  new Option(
    '--outputs <names>',
    'those that are wanted, as a,b: the rest is dropped (default: all)',
  ).argParser((text: string) => text.split(',')),
  new Option(
    '--input-format <form>',
    'pixels in: uint8-nhwc (default: normalised, float32, NCHW)',
  ).argParser(oneOf('--input-format', ['uint8-nhwc'])),
  new Option(
    '--output <form>',
    'the answer out: logits, softmax or argmax (default: the outputs as written)',
  ).argParser(answerForm),
  new Option('--output-size <size>', 'the answer resized: input (default: as it is)').argParser(
    oneOf('--output-size', ['input']),
  ),
]

/** What a command says of the options that it reads in its own way. */
interface Said {
  /** What the model argument may be. */
  readonly model?: string
  /** Whether the command runs without one too. */
  readonly optional?: true
  readonly input?: string
  readonly batch?: string
  readonly seed?: string
}

/** The options that state the input. */
function sizeOptions({ input, batch }: Said): readonly Option[] {
  const size =
    input ?? "height x width, as 512x1024; or dynamic, or dynamic/32 (default: the model's own)"
  return [
    new Option('--input <size>', size).argParser(inputSides),
    new Option('--batch <n>', batch ?? 'images at once, or dynamic (default: 1)').argParser(
      batchSide,
    ),
  ]
}

/** The options that state the weights and the passes. */
function buildingOptions({ seed }: Said): readonly Option[] {
  return [
    new Option('--seed <n>', seed ?? 'seed of the weights (default: 0)').argParser(
      wholeNumber('--seed', 0, 2 ** 32 - 1),
    ),
    new Option(
      '--target <runtime>',
      `what it is for: ${Object.keys(targets).join(', ')} (default: portable)`,
    ),
    new Option('--low-memory', 'let memory count for more than time'),
    new Option('--passes <names>', 'these passes alone, in this order, as a,b').argParser(
      (text: string) => text.split(','),
    ),
    new Option('--no-passes', 'leave the network as it is written'),
  ]
}

export function streams(): Option {
  return new Option(
    '--streams <n>',
    'operations that a GPU may run side by side; for ort-cuda (default: 1)',
  ).argParser(wholeNumber('--streams', 1, mostStreams))
}

/** ONNX's operators, where a command writes or runs a file. */
export function opset(): Option {
  return new Option('--opset <n>', "version of ONNX's operators, 13 to 21 (default: 17)").argParser(
    wholeNumber('--opset', 13, 21),
  )
}

/** Adds a model argument, and the options that are the same on every command that takes one. */
export function takesModel(command: Command, said: Said = {}): Command {
  command
    .argument(
      said.optional ? '[model]' : '<model>',
      said.model ?? 'a zoo name, or your file: ./my-net.ts, ./my-net.ts#name',
    )
    .optionsGroup('Network:')
  for (const option of networkOptions) command.addOption(option)
  command.optionsGroup('Deployment:')
  for (const option of endOptions) command.addOption(option)
  command.optionsGroup('Input, weights and passes:')
  for (const option of [...sizeOptions(said), ...buildingOptions(said)]) command.addOption(option)
  return command.optionsGroup('Options:')
}

/** What a network is where no pass runs and nothing has values: how it is made, its ends, its size. */
export function takesCounted(command: Command): Command {
  command.optionsGroup('Network:')
  for (const option of networkOptions) command.addOption(option)
  command.optionsGroup('Deployment:')
  for (const option of endOptions) command.addOption(option)
  command.optionsGroup('Input:')
  for (const option of sizeOptions(countedSize)) command.addOption(option)
  return command.optionsGroup('Options:')
}

/** What networks of a sweep are: how each is made, and its sizes. */
export function takesSwept(command: Command): Command {
  command.optionsGroup('Networks:')
  for (const option of networkOptions) command.addOption(option)
  return command
    .optionsGroup('Inputs:')
    .addOption(
      new Option(
        '--input <sizes>',
        "height x width, as 512x1024 or 256x512,512x1024 (default: each network's own)",
      ).argParser(inputSizes),
    )
    .addOption(
      new Option('--batch <numbers>', 'images at once, as 1 or 1,8 (default: 1)').argParser(
        batchSizes,
      ),
    )
    .optionsGroup('Options:')
}

/** Sizes where every side has to be known. */
export const countedSize: Pick<Said, 'input' | 'batch'> = {
  input: "height x width, as 512x1024 (default: the model's own)",
  batch: 'images at once (default: 1)',
}

/**
 * The model that an argument names, made as the options say.
 * @throws {InputError} where there is none, or an option does not apply to it.
 */
export async function modelFrom(argument: string, options: ModelOptions): Promise<Model> {
  const written = await writtenModel(argument, options)
  const { labels, outputs } = options
  const wanted = outputs === undefined ? written : withOutputs(written, outputs)
  const named = labels === undefined ? wanted : labelled(wanted, await readLabels(labels))
  return deployed(named, options)
}

/** The same before its answer has labels, and its ends are changed. */
async function writtenModel(argument: string, options: ModelOptions): Promise<Model> {
  const zoo = zooOptions(options)
  const file = fileArgument(argument)
  if (!file) {
    const { zooModel } = await import('../models/zoo.js')
    return zooModel(argument, zoo)
  }
  refuseFor(
    argument,
    'a network of your own, which is made as its file says',
    zoo,
    '--outputs, --input-format, --output, --output-size, --input, --batch, --seed, --target, --low-memory, --passes and --no-passes',
  )
  const { loadFile } = await import('./load.js')
  return loadFile(file)
}

/** Refuses options that do not apply, naming those that do. */
export function refuseFor(argument: string, what: string, given: object, applying: string): void {
  const [first] = Object.entries(given).filter(([, value]) => value !== undefined)
  if (first)
    throw new InputError({
      problem: `${optionName(first[0])} does not apply to ${argument}, ${what}`,
      remedy: `Those that do are ${applying}.`,
    })
}

/** Those of the options that make a network of the zoo. */
export function zooOptions(options: ZooOptions): ZooOptions {
  const names = networkOptions.map((option) => option.attributeName() as keyof ZooOptions)
  return Object.fromEntries(names.map((name) => [name, options[name]]))
}

/** Those of the options that change its ends. */
export function deployOptions(options: DeployOptions): DeployOptions {
  const { inputFormat, output, outputSize } = options
  return { inputFormat, output, outputSize }
}

/**
 * What was chosen or left at its default, as `--classes 19, --upsample bilinear, no --align-corners`: released
 * networks of the same weights differ in it. Empty for a file of the user's, which chooses by itself.
 */
export async function choicesText(
  argument: string,
  options: ZooOptions,
  model: Model,
): Promise<string> {
  if (fileArgument(argument)) return ''
  const [{ findFamily }, { resizesBilinearly }] = await Promise.all([
    import('../models/zoo.js'),
    import('../models/hrnet/interpolation.js'),
  ])
  const found = findFamily(argument)
  if (!found) return ''
  const { defaults, options: applying } = found.family
  return applying
    .map((option) => [option, options[option] ?? defaults[option]] as const)
    .flatMap(([option, value]) => {
      if (value === undefined) return []
      if (option === 'alignCorners' && resizesBilinearly(model))
        return [value ? optionName(option) : `no ${optionName(option)}`]
      // Variants are told where they were chosen.
      const plain = typeof value === 'boolean' || option === 'finalKernel' || option === 'pooling'
      return plain && value === defaults[option] ? [] : [optionText(option, value)]
    })
    .join(', ')
}

/** The input size that is asked for, or the model's own. */
export function inputSize(model: Model, { input, batch = 1 }: ModelOptions): InputSize {
  const [height, width] = model.image.size
  return { batch, ...(input ?? { height, width }) }
}

/** The size where every side has to be known. */
export function fixedSize(model: Model, options: ModelOptions, why: string): InputSize {
  const size = inputSize(model, options)
  for (const [option, side] of [
    ['--batch', size.batch],
    ['--input', size.height],
  ] as const)
    if (typeof side !== 'number')
      throw new InputError({
        problem: `${option} is dynamic, and ${why}`,
        remedy: `Give it in numbers: ${option} ${option === '--batch' ? '1' : model.image.size.join('x')}.`,
      })
  return size
}

/** What a network is compiled for, and through. */
export interface Compiling {
  readonly target: Target
  readonly lowMemory: boolean
  readonly passes?: readonly Pass[]
}

/**
 * What is asked for: no passes after `--no-passes`, those that are named after `--passes`, else the target's; on a CPU
 * by what was measured for this machine's instructions.
 * @throws {InputError} where there is no such target or pass.
 */
export function compilingOf({
  target: name = 'portable',
  lowMemory = false,
  passes,
  precision,
}: ModelOptions & Pick<PrecisionOptions, 'precision'>): Compiling {
  const target = targetOf(name, instructionsHere())
  if (passes === undefined) return { target, lowMemory }
  return { target, lowMemory, passes: passes ? passesNamed(passes, target, precision) : [] }
}

/** `[1, 3, 512, 1024]`; a side that is free as it is asked for: `dynamic/32`. */
export function inputShape({ graph }: Model, size: InputSize): (number | string)[] {
  return sidesGiven(graph, size).map((side) => (typeof side === 'number' ? side : printSide(side)))
}
