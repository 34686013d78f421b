import { type Command, Option } from 'commander'
import type { CheckpointWeights } from '../checkpoint/bind.js'
import type { Checkpoint } from '../checkpoint/open.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import type { ZooOptions } from '../models/family.js'
import { listed, optionName, optionText } from '../spelling.js'
import { shownName } from '../weights/formats/place.js'
import { keyPart } from '../weights/layouts/recognise.js'
import { shownPath } from './failure.js'
import { counted } from './figures.js'
import { fileArgument } from './file-argument.js'
import { type ModelOptions, modelFrom } from './options.js'

/** Which tensors of a file of weights are meant. */
export interface ContainerOptions {
  readonly ema?: true
  readonly container?: string
}

/** The options of commands whose networks may have the weights of a file. */
export interface WeightsOptions extends ContainerOptions {
  readonly weights?: string
  readonly inplaceAbn?: true
  readonly allowNonFinite?: true
}

const container = [
  new Option('--ema', 'the weights averaged over training'),
  new Option('--container <name>', 'the tensors under this name in the file'),
]

/** Adds the options that choose among what a file of weights holds. */
export function takesContainer(command: Command): Command {
  for (const option of container) command.addOption(option)
  return command
}

/** Adds the options of a network that may have the weights of a file. */
export function takesWeights(command: Command): Command {
  command.option('--weights <file>', 'trained weights: .pth, .pt or safetensors')
  return takesContainer(command)
    .option('--inplace-abn', 'they were trained with InPlaceABN: norms scale by |weight| + epsilon')
    .option('--allow-non-finite', 'take weights that are NaN or infinite')
}

/** Those of the options that say nothing without `--weights`. */
export function weightsOptions({
  ema,
  container,
  inplaceAbn,
  allowNonFinite,
}: WeightsOptions): object {
  return { ema, container, inplaceAbn, allowNonFinite }
}

/** What a command does with a network, its weights where they are a file's, and the options that it was made by. */
type Work<O> = (model: Model, weights: CheckpointWeights | undefined, options: O) => Promise<number>

/**
 * Makes the network that is asked for, with the weights of a file where one is given. Variants of the zoo's networks
 * that its keys show are followed where nothing else was asked for.
 * @throws {InputError} where the file is none, does not fit, or an option of it stands alone.
 */
export async function withWeights<O extends ModelOptions & WeightsOptions>(
  argument: string,
  options: O,
  work: Work<O>,
): Promise<number> {
  const { weights: path, ema, container } = options
  if (path === undefined) {
    expectNone(options)
    return await work(await modelFrom(argument, options), undefined, options)
  }
  const { openCheckpoint } = await import('../checkpoint/open.js')
  const checkpoint = await openCheckpoint(path, { ema, container })
  try {
    const variants = await variantsOf(checkpoint, argument, options)
    const stated = { ...options, ...variants }
    // A file has the weights of all outputs, wanted or not.
    const whole = await modelFrom(argument, { ...stated, outputs: undefined })
    const bound = checkpoint.bind(whole, options)
    const model = options.outputs ? await modelFrom(argument, stated) : whole
    const chosen = Object.entries(variants).map(([option, value]) => optionText(option, value))
    const notes =
      chosen.length > 0
        ? [`the network is made with ${chosen.join(' ')}, as the keys show`, ...bound.notes]
        : bound.notes
    return await work(model, { ...bound, notes }, stated)
  } finally {
    await checkpoint.close()
  }
}

function expectNone(options: WeightsOptions): void {
  const [alone] = Object.entries(weightsOptions(options)).filter(([, value]) => value !== undefined)
  if (alone)
    throw new InputError({
      problem: `${optionName(alone[0])} says how a file of weights is read, and none is given`,
      remedy: 'Give one: --weights net.pth.',
    })
}

/** A bias, a kernel, a shared convolution, one more. Never the stem, nor how many classes: they are to be asked for. */
async function variantsOf(
  { shown }: Checkpoint,
  argument: string,
  stated: ZooOptions,
): Promise<ZooOptions> {
  if (fileArgument(argument)) return {}
  const [{ findFamily }, { applying }] = await Promise.all([
    import('../models/zoo.js'),
    import('../checkpoint/shown.js'),
  ])
  const found = findFamily(argument)
  if (!found) return {}
  const { headBias, finalKernel, shareConv, headConv } = shown.options
  const asked = { headBias, finalKernel, shareConv, headConv }
  const variants = Object.entries(applying(found.family, asked))
  return Object.fromEntries(
    variants.filter(
      ([option, value]) => value !== undefined && stated[option as keyof ZooOptions] === undefined,
    ),
  )
}

/** Where weights come from, for programs. */
export function weightsDocument(weights: CheckpointWeights): object {
  const { layout, container, tensors, unused, notes } = weights
  return { layout, container, tensors, unused, notes }
}

/** The same in a few lines. */
export function weightsText(file: string, weights: CheckpointWeights): string {
  const { layout, container, tensors, unused, notes } = weights
  const within = container === '' ? '' : `, ${shownName(container)}`
  return [
    `  weights of ${shownPath(file)}: ${layout}${within}, ${counted(tensors, 'tensor')}`,
    ...(unused.length > 0 ? [`  not used: ${partsText(unused)}`] : []),
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n')
}

/** How many parts are told of by name. */
const mostParts = 8

/** `loss (1), aux_head (9)`: keys by what they begin with. */
function partsText(keys: readonly string[]): string {
  const parts = new Map<string, number>()
  for (const part of keys.map(keyPart)) parts.set(part, (parts.get(part) ?? 0) + 1)
  return listed(
    [...parts].map(([part, n]) => `${shownName(part)} (${n})`),
    mostParts,
  )
}
