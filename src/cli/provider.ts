import { type Command, Option } from 'commander'
import { InputError } from '../errors.js'
import {
  type EngineName,
  engines,
  type ProviderChoice,
  type ProviderOptions,
  providers,
} from '../runtime/provider.js'
import type { RanOn } from '../runtime/ran-on.js'
import { optionName } from '../spelling.js'
import { oneOf } from './values.js'

/** The options that say what a network runs on. */
export interface ProviderCommandOptions {
  readonly provider?: ProviderChoice
  readonly allowCpuNodes?: true
  readonly cudaFolder?: string
  /** False after `--no-tf32`; nothing where neither is said. */
  readonly tf32?: boolean
  readonly engine?: EngineName
}

export function takesProvider(command: Command): Command {
  return command
    .optionsGroup('What it runs on:')
    .addOption(
      new Option(
        '--provider <p>',
        `${providers.join(', ')}, or auto: CUDA where it works (default: cpu)`,
      ).argParser(oneOf('--provider', [...providers, 'auto'])),
    )
    .option('--allow-cpu-nodes', 'let nodes that the provider has no kernel for run on the CPU')
    .option('--cuda-folder <folder>', "where CUDA's libraries are looked for first")
    .option('--tf32', 'on CUDA, let convolutions round what they multiply to TF32 (default)')
    .option('--no-tf32', 'compute in all of float32')
    .addOption(
      new Option(
        '--engine <name>',
        `how ONNX Runtime is called: ${engines.join(' or ')} (default: ${engines[0]})`,
      ).argParser(oneOf('--engine', engines)),
    )
    .optionsGroup('Options:')
}

/**
 * What is asked for of the provider.
 * @throws {InputError} where an option says nothing to it.
 */
export function providerOf(options: ProviderCommandOptions): ProviderOptions {
  const { provider = 'cpu', allowCpuNodes, cudaFolder, tf32, engine } = options
  if (provider === 'cpu') refuse(provider, { allowCpuNodes })
  if (provider !== 'cuda' && provider !== 'auto') refuse(provider, { cudaFolder, tf32 })
  return {
    provider,
    ...(allowCpuNodes && { allowCpuNodes }),
    ...(engine && { engine }),
    cuda: {
      ...(cudaFolder !== undefined && { folder: cudaFolder }),
      ...(tf32 !== undefined && { tf32 }),
    },
  }
}

function refuse(provider: string, given: Readonly<Record<string, unknown>>): void {
  const [first] = Object.entries(given).filter(([, value]) => value !== undefined)
  if (first)
    throw new InputError({
      problem: `${optionName(first[0])} does not apply to --provider ${provider}`,
      remedy: `Leave it out, or run on CUDA: --provider cuda.`,
    })
}

/** Nodes that are named; programs read the rest. */
const named = 8

/** What it ran on, in lines that go above the tables. */
export function ranText({ runtime, provider, tf32, providerReason, cpuNodes = [] }: RanOn): string {
  const rounding = tf32 === undefined ? '' : tf32 ? ', in TF32' : ', without TF32'
  const told = cpuNodes.slice(0, named).map(({ operator, name }) => `${operator} ${name}`)
  if (cpuNodes.length > named) told.push(`${cpuNodes.length - named} more`)
  return [
    `  ${runtime}, on ${provider}${rounding}${providerReason === undefined ? '' : `: ${providerReason}`}`,
    ...(told.length > 0 ? [`  on the CPU: ${told.join(', ')}`] : []),
  ].join('\n')
}
